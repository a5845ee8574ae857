// Fragments of SQL: the only way to make SQL. A bare string does not type-check.
import type { RowId } from '../plan/relational-algebra.ts';
import type { PageParameter, PageStatement, SqlValue, Statement } from './statement.ts';

declare const brand: unique symbol;

/** Texts with values between them: one more text than values. Made only by the functions of this file. */
export interface Fragment {
  readonly [brand]: true;
  readonly texts: readonly string[];
  readonly values: readonly (SqlValue | PageParameter)[];
}

/** The tag for SQL of our own: sql`${column} IS ${value(7n)}`. */
export function sql(strings: TemplateStringsArray, ...parts: readonly Fragment[]): Fragment {
  const texts = [strings[0] ?? ''];
  const values: (SqlValue | PageParameter)[] = [];
  parts.forEach((part, index) => {
    append(texts, values, part);
    texts.push((texts.pop() ?? '') + (strings[index + 1] ?? ''));
  });
  return fragment(texts, values);
}

/** A bound value. */
export function value(bound: SqlValue): Fragment {
  return fragment(['', ''], [bound]);
}

/** A value that the engine fills in, see PageParameter. */
export function pageParameter(parameter: PageParameter): Fragment {
  return fragment(['', ''], [parameter]);
}

/** A name of our own: a relation, a column, a registered function. Throws TypeError for anything but a plain name. */
export function identifier(name: string): Fragment {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) throw new TypeError(`'${name}' is not a plain SQL name.`);
  return fragment([`"${name}"`], []);
}

/** The alias of a row's relation. */
export function rowAlias(row: RowId): Fragment {
  return identifier(`r${row}`);
}

/** A column by its name in the plan, which may be `deviceType/deviceTypeName` or an alias of the client's. */
export function columnName(name: string): Fragment {
  return fragment([`"${name.replaceAll('"', '""')}"`], []);
}

/** `"r0"."deviceName"`: always qualified, because nested relations share column names. */
export function column(row: RowId, name: string): Fragment {
  return sql`${rowAlias(row)}.${columnName(name)}`;
}

/** A constant text in the statement, for punctuation and names of the model: it does not vary, so statements can be cached. */
export function textConstant(text: string): Fragment {
  return fragment([`'${text.replaceAll("'", "''")}'`], []);
}

/** A constant whole number in the statement. */
export function integerConstant(number: number): Fragment {
  if (!Number.isSafeInteger(number)) throw new TypeError(`${number} is no whole number.`);
  return fragment([String(number)], []);
}

export function joinFragments(parts: readonly Fragment[], separator: Fragment): Fragment {
  const texts = [''];
  const values: (SqlValue | PageParameter)[] = [];
  parts.forEach((part, index) => {
    if (index > 0) append(texts, values, separator);
    append(texts, values, part);
  });
  return fragment(texts, values);
}

/** Finishes a statement with page parameters. `placeholder` writes the placeholder of the n-th value, from 1. */
export function pageStatement(
  { texts, values }: Fragment,
  placeholder: (position: number) => string,
): PageStatement {
  const text = texts.reduce((written, piece, index) => written + placeholder(index) + piece);
  return { text, values };
}

/** Finishes a statement. Throws TypeError for a page parameter. */
export function statement(fragment: Fragment, placeholder: (position: number) => string): Statement {
  const { text, values } = pageStatement(fragment, placeholder);
  return { text, values: values.map(boundValue) };
}

function boundValue(bound: SqlValue | PageParameter): SqlValue {
  if (typeof bound === 'object' && bound !== null)
    throw new TypeError('Only a page statement takes page parameters.');
  return bound;
}

function fragment(texts: readonly string[], values: readonly (SqlValue | PageParameter)[]): Fragment {
  return { texts, values } as Fragment;
}

function append(texts: string[], values: (SqlValue | PageParameter)[], part: Fragment): void {
  texts.push((texts.pop() ?? '') + (part.texts[0] ?? ''), ...part.texts.slice(1));
  values.push(...part.values);
}
