// Fragments of SQL: the only way to make SQL. A bare string does not type-check.
import type { RowId } from '../plan/relational-algebra.ts';
import type { PageParameter, PageStatement, RowParameter, SqlValue, Statement } from './statement.ts';

declare const brand: unique symbol;

type Bound = SqlValue | PageParameter | RowParameter;

/** Texts with values between them: one more text than values. Made only by the functions of this file. */
export interface Fragment {
  readonly [brand]: true;
  readonly texts: readonly string[];
  readonly values: readonly Bound[];
}

/** The tag for SQL of our own: sql`${column} IS ${value(7n)}`. */
export function sql(strings: TemplateStringsArray, ...parts: readonly Fragment[]): Fragment {
  const texts = [strings[0] ?? ''];
  const values: Bound[] = [];
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

/** A place that gets another value for each row that a prepared statement is run with. */
export function rowParameter(): Fragment {
  return fragment(['', ''], [{ parameter: 'row' }]);
}

/** A name of our own: a relation, a column, a registered function. Throws TypeError for anything but a plain name. */
export function identifier(name: string): Fragment {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) throw new TypeError(`'${name}' is not a plain SQL name.`);
  return fragment([`"${name}"`], []);
}

/** The same without quotes, for text that is stored and compared. Throws TypeError likewise. */
export function bareIdentifier(name: string): Fragment {
  identifier(name);
  return fragment([name], []);
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
  const values: Bound[] = [];
  parts.forEach((part, index) => {
    if (index > 0) append(texts, values, separator);
    append(texts, values, part);
  });
  return fragment(texts, values);
}

type Placeholder = (position: number) => string;

/** Finishes a statement with page parameters. `placeholder` writes the placeholder of the n-th value, from 1. */
export function pageStatement(fragment: Fragment, placeholder: Placeholder): PageStatement {
  return { text: textOf(fragment, placeholder), values: fragment.values.map(pageValue) };
}

/** Finishes a statement. Throws TypeError for a page or row parameter. */
export function statement(fragment: Fragment, placeholder: Placeholder): Statement {
  return { text: textOf(fragment, placeholder), values: fragment.values.map(boundValue) };
}

/** The text of a statement that is run once for each row. Throws TypeError for any other value than row parameters. */
export function rowStatementText(fragment: Fragment, placeholder: Placeholder): string {
  if (!fragment.values.every(isRowParameter)) throw new TypeError('A statement for rows has a value bound.');
  return textOf(fragment, placeholder);
}

/** SQL that is stored, such as a view. Throws TypeError where a value is bound. */
export function constantText({ texts, values }: Fragment): string {
  if (values.length > 0) throw new TypeError('SQL that is stored has a value bound.');
  return texts.join('');
}

function textOf({ texts }: Fragment, placeholder: Placeholder): string {
  return texts.reduce((written, piece, index) => written + placeholder(index) + piece);
}

function isRowParameter(bound: Bound): bound is RowParameter {
  return typeof bound === 'object' && bound?.parameter === 'row';
}

function pageValue(bound: Bound): SqlValue | PageParameter {
  if (isRowParameter(bound)) throw new TypeError('A page has no rows to bind.');
  return bound;
}

function boundValue(bound: Bound): SqlValue {
  if (typeof bound === 'object' && bound !== null)
    throw new TypeError('Only a page statement takes page parameters.');
  return bound;
}

function fragment(texts: readonly string[], values: readonly Bound[]): Fragment {
  return { texts, values } as Fragment;
}

function append(texts: string[], values: Bound[], part: Fragment): void {
  texts.push((texts.pop() ?? '') + (part.texts[0] ?? ''), ...part.texts.slice(1));
  values.push(...part.values);
}
