// A row template as an expression: the database writes the bytes of the answer.
import { absurd } from '../base/absurd.ts';
import type { RowMember, RowTemplate, TextPart } from '../format/row-template.ts';
import type { Entity, Property } from '../../schema/words.ts';
import type { Dialect, JsonForm, JsonMember } from './dialect.ts';
import { type Fragment, column, textConstant } from './fragment.ts';

/** One row as the text of a JSON object. */
export function renderRow(entity: Entity, template: RowTemplate, dialect: Dialect): Fragment {
  const members = template.members.map((member) => renderMember(member, entity, template, dialect));
  return dialect.jsonObject(members, template.omitNulls);
}

/** Names of the properties that a row is made of. */
export function templateProperties({ members }: RowTemplate): readonly string[] {
  return members.flatMap((member) =>
    member.kind === 'property'
      ? [member.name]
      : member.value.flatMap((part) => (part.kind === 'keyLiteral' ? [part.property] : [])),
  );
}

/** The model's property. Throws TypeError for a name that it does not have. */
export function propertyOf(entity: Entity, name: string): Property {
  const property = entity.properties[name];
  if (!property) throw new TypeError(`${entity.name} has no property '${name}'.`);
  return property;
}

function renderMember(
  member: RowMember,
  entity: Entity,
  template: RowTemplate,
  dialect: Dialect,
): JsonMember {
  const { name } = member;
  switch (member.kind) {
    case 'property': {
      const { type, nullable } = propertyOf(entity, name);
      const own = column(entity, name);
      const json = dialect.json(own, { type, nullable, int64AsText: template.int64AsText });
      return { name, json, absent: nullable ? own : null };
    }
    case 'annotation': {
      const text = dialect.concatenated(member.value.map((part) => renderPart(part, entity, dialect)));
      return { name, json: dialect.json(text, ANNOTATION), absent: null };
    }
    default:
      return absurd(member);
  }
}

const ANNOTATION: JsonForm = { type: 'Edm.String', nullable: false, int64AsText: false };

function renderPart(part: TextPart, entity: Entity, dialect: Dialect): Fragment {
  switch (part.kind) {
    case 'text':
      return textConstant(part.text);
    case 'keyLiteral':
      return dialect.keyLiteral(column(entity, part.property), propertyOf(entity, part.property).type);
    default:
      return absurd(part);
  }
}
