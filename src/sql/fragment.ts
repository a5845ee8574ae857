// SQL in pieces: the only way in which text becomes SQL. A bare string does not type-check.
import type { RowId } from '../plan/relational-algebra.ts';
import type { PageParameter, PageStatement, SqlValue, Statement } from './statement.ts';

declare const brand: unique symbol;

/** Text with values between: one more text than values. Made only by the functions of this file. */
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

/** A place that the engine fills, see Blank. */
export function pageParameter(parameter: PageParameter): Fragment {
  return fragment(['', ''], [parameter]);
}

/** A name that we gave ourselves: a relation, a column, a registered function. Throws TypeError for anything but a plain name. */
export function identifier(name: string): Fragment {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) throw new TypeError(`'${name}' is no name for SQL.`);
  return fragment([`"${name}"`], []);
}

/** What a statement calls the relation of a row. */
export function rowAlias(row: RowId): Fragment {
  return identifier(`r${row}`);
}

/** A column by the name that the plan has for it: `deviceType/deviceTypeName`, or what a client calls a value. */
export function columnName(name: string): Fragment {
  return fragment([`"${name.replaceAll('"', '""')}"`], []);
}

/** `"r0"."deviceName"`: always by its row, since relations inside each other share names. */
export function column(row: RowId, name: string): Fragment {
  return sql`${rowAlias(row)}.${columnName(name)}`;
}

/** Constant text inside a statement: punctuation and names of the model, so that statements stay few and can be kept. */
export function textConstant(text: string): Fragment {
  return fragment([`'${text.replaceAll("'", "''")}'`], []);
}

/** A constant whole number inside a statement. */
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

/** Finishes a statement with blanks in it. `placeholder` writes the place of the n-th value, from 1. */
export function pageStatement(
  { texts, values }: Fragment,
  placeholder: (position: number) => string,
): PageStatement {
  const text = texts.reduce((written, piece, index) => written + placeholder(index) + piece);
  return { text, values };
}

/** Finishes a statement. Throws TypeError where a blank is left. */
export function statement(fragment: Fragment, placeholder: (position: number) => string): Statement {
  const { text, values } = pageStatement(fragment, placeholder);
  return { text, values: values.map(boundValue) };
}

function boundValue(bound: SqlValue | PageParameter): SqlValue {
  if (typeof bound === 'object' && bound !== null) throw new TypeError('A blank is left in a statement.');
  return bound;
}

function fragment(texts: readonly string[], values: readonly (SqlValue | PageParameter)[]): Fragment {
  return { texts, values } as Fragment;
}

function append(texts: string[], values: (SqlValue | PageParameter)[], part: Fragment): void {
  texts.push((texts.pop() ?? '') + (part.texts[0] ?? ''), ...part.texts.slice(1));
  values.push(...part.values);
}
