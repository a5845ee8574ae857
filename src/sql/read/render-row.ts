// A row template as an SQL expression: the database writes the bytes of the answer.
import { assertNever } from '../../base/assert-never.ts';
import type { RowMember, RowTemplate, TextPart } from '../../format/odata/row-template.ts';
import type { Expansion, RowsPlan } from '../../plan/read-plan.ts';
import type { ColumnShape, RowSource } from '../../plan/relational-algebra.ts';
import type { Dialect, JsonForm, JsonMember } from '../dialect.ts';
import { renderJoin, renderCondition, renderScalar } from './render-condition.ts';
import {
  type Fragment,
  column,
  joinFragments,
  rowAlias,
  sql,
  textConstant,
  integerConstant,
} from '../fragment.ts';

type Rows = Pick<RowsPlan, 'from' | 'row' | 'expands'>;

/** One row as the text of a JSON object. */
export function renderRow(rows: Rows, template: RowTemplate, dialect: Dialect): Fragment {
  return renderObject(template.members, rows, template, dialect);
}

/** The columns that a row is made of, and those that join its expansions. */
export function rowColumns(
  { expands }: Pick<RowsPlan, 'expands'>,
  { members }: Pick<RowTemplate, 'members'>,
): readonly string[] {
  return [...members.flatMap(memberColumns), ...expands.flatMap(({ join }) => Object.values(join.on))];
}

function memberColumns(member: RowMember): readonly string[] {
  switch (member.kind) {
    case 'property':
      return [member.column ?? member.name];
    case 'annotation':
      return keyColumns(member.value);
    case 'object':
      return member.members.flatMap(memberColumns);
    case 'nested':
      return keyColumns(member.nextLink);
    case 'nestedCount':
      return [];
    default:
      return assertNever(member);
  }
}

function keyColumns(parts: readonly TextPart[] | null | undefined): readonly string[] {
  return (parts ?? []).flatMap((part) => (part.kind === 'keyLiteral' ? [part.property] : []));
}

/** How many rows one row counts as: itself and its single-valued expansions. */
export function rowWeight({ expands }: Pick<RowsPlan, 'expands'>): number {
  const single = expands.filter(({ join, form }) => !join.many && form !== 'count');
  return single.reduce((sum, { rows }) => sum + rowWeight(rows), 1);
}

/** Throws TypeError for a name that the source does not have. */
export function columnNamed({ columns }: RowSource, name: string): ColumnShape {
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
      const text = dialect.concatTexts(member.value.map((part) => renderPart(part, rows, dialect)));
      return { name, json: dialect.json(text, ANNOTATION_FORM), absent: null };
    }
    case 'nested':
      return { name, json: renderNested(member, rows, dialect), absent: null };
    case 'nestedCount':
      return { name, json: renderNestedCount(expansionOf(rows, member.of), template, dialect), absent: null };
    default:
      return assertNever(member);
  }
}

function expansionOf({ expands }: Rows, name: string): Expansion {
  const expansion = expands.find((each) => each.name === name);
  if (!expansion) throw new TypeError(`The plan does not expand '${name}'.`);
  return expansion;
}

/** An expansion as JSON: an object or null, or a list and its nextLink. */
function renderNested(
  { name, template, nextLink }: RowMember & { readonly kind: 'nested' },
  outer: Rows,
  dialect: Dialect,
): Fragment {
  const { join, rows } = expansionOf(outer, name);
  const row = renderRow(rows, template, dialect);
  if (!join.many) {
    const found = sql`(SELECT ${row} ${renderJoin(join, [], dialect)} LIMIT 1)`;
    return dialect.jsonOrNull(found);
  }
  const filter = rows.where ? [renderCondition(rows.where, 'filter', dialect)] : [];
  const names = [...new Set(rowColumns(rows, template))];
  const columns =
    names.length === 0
      ? sql`1`
      : joinFragments(
          names.map((each) => column(rows.row, each)),
          sql`, `,
        );
  const order = rows.order.map(({ by, descending }) => {
    const value = renderScalar(by, dialect);
    return descending ? sql`${value} DESC` : value;
  });
  const found = renderJoin(join, filter, dialect);
  const { limit, skip, top } = rows;
  const mayBeMore = top === null || top > limit;
  // Without a nextLink one row more than the limit, so that too many rows are noticed without reading them all.
  const fetchLimit = integerConstant(mayBeMore && !nextLink ? limit + 1 : limit);
  const limited = sql`SELECT ${columns} ${renderJoin(join, filter, dialect, 'first')} ORDER BY ${joinFragments(order, sql`, `)} LIMIT ${fetchLimit} OFFSET ${integerConstant(skip)}`;
  return dialect.jsonRows({
    name,
    row,
    rows: sql`(${limited}) AS ${rowAlias(rows.row)}`,
    limit,
    weight: rowWeight(rows),
    nextLink:
      mayBeMore && nextLink
        ? {
            condition: sql`EXISTS (SELECT 1 ${found} LIMIT 1 OFFSET ${integerConstant(skip + limit)})`,
            address: dialect.concatTexts(nextLink.map((part) => renderPart(part, outer, dialect))),
          }
        : null,
  });
}

function renderNestedCount(
  { join, rows }: Expansion,
  { int64AsText }: RowTemplate,
  dialect: Dialect,
): Fragment {
  const filter = rows.where ? [renderCondition(rows.where, 'filter', dialect)] : [];
  const count = sql`(SELECT count(*) ${renderJoin(join, filter, dialect)})`;
  return dialect.json(count, { type: 'Edm.Int64', nullable: false, int64AsText });
}

const ANNOTATION_FORM: JsonForm = { type: 'Edm.String', nullable: false, int64AsText: false };

function renderPart(part: TextPart, { from, row }: Rows, dialect: Dialect): Fragment {
  switch (part.kind) {
    case 'text':
      return textConstant(part.text);
    case 'keyLiteral':
      return dialect.keyLiteral(column(row, part.property), columnNamed(from, part.property).type);
    default:
      return assertNever(part);
  }
}
