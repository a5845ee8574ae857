// A row template as an expression: the database writes the bytes of the answer.
import { absurd } from '../base/absurd.ts';
import type { RowMember, RowTemplate, TextPart } from '../format/row-template.ts';
import type { Column, ReadPlan, RowSource } from '../plan/read-plan.ts';
import type { Dialect, JsonForm, JsonMember } from './dialect.ts';
import { type Fragment, column, textConstant } from './fragment.ts';

type Rows = Pick<ReadPlan, 'from' | 'row'>;

/** One row as the text of a JSON object. */
export function renderRow(rows: Rows, template: RowTemplate, dialect: Dialect): Fragment {
  return renderObject(template.members, rows, template, dialect);
}

/** Names of the columns that a row is made of. */
export function templateProperties({ members }: Pick<RowTemplate, 'members'>): readonly string[] {
  return members.flatMap((member) => {
    switch (member.kind) {
      case 'property':
        return [member.column ?? member.name];
      case 'annotation':
        return (member.value ?? []).flatMap((part) => (part.kind === 'keyLiteral' ? [part.property] : []));
      case 'object':
        return templateProperties(member);
      default:
        return absurd(member);
    }
  });
}

/** Throws TypeError for a name that the source does not have. */
export function columnNamed({ columns }: RowSource, name: string): Column {
  const column = columns.get(name);
  if (!column) throw new TypeError(`There is no column '${name}'.`);
  return column;
}

function renderObject(
  members: readonly RowMember[],
  rows: Rows,
  template: RowTemplate,
  dialect: Dialect,
): Fragment {
  const written = members.map((member) => renderMember(member, rows, template, dialect));
  return dialect.jsonObject(written, template.omitNulls);
}

function renderMember(member: RowMember, rows: Rows, template: RowTemplate, dialect: Dialect): JsonMember {
  const { name } = member;
  switch (member.kind) {
    case 'property': {
      const stored = member.column ?? name;
      const { type, nullable } = columnNamed(rows.from, stored);
      const own = column(rows.row, stored);
      const json = dialect.json(own, { type, nullable, int64AsText: template.int64AsText });
      return { name, json, absent: nullable ? own : null };
    }
    case 'object':
      return { name, json: renderObject(member.members, rows, template, dialect), absent: null };
    case 'annotation': {
      if (!member.value) return { name, json: textConstant('null'), absent: null };
      const text = dialect.concatenated(member.value.map((part) => renderPart(part, rows, dialect)));
      return { name, json: dialect.json(text, ANNOTATION), absent: null };
    }
    default:
      return absurd(member);
  }
}

const ANNOTATION: JsonForm = { type: 'Edm.String', nullable: false, int64AsText: false };

function renderPart(part: TextPart, { from, row }: Rows, dialect: Dialect): Fragment {
  switch (part.kind) {
    case 'text':
      return textConstant(part.text);
    case 'keyLiteral':
      return dialect.keyLiteral(column(row, part.property), columnNamed(from, part.property).type);
    default:
      return absurd(part);
  }
}
