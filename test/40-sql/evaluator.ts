// The meaning of expressions as the standard has it, row by row in plain JavaScript: what SQL is held against.
import type { Row } from '../../schema/entity.ts';
import type { Expression } from '../../src/odata/syntax/expression.ts';

/** Whole numbers are bigint, so that their division and their size are exact. */
type Cell = string | number | bigint | boolean | null;

/** True, false, or null for unknown. */
export function holds(expression: Expression, row: Row): boolean | null {
  const cell = evaluate(expression, row);
  if (cell === null || typeof cell === 'boolean') return cell;
  throw new TypeError('Not a condition.');
}

export function evaluate(expression: Expression, row: Row): Cell {
  switch (expression.kind) {
    case 'literal': {
      const { literal } = expression;
      if (literal.type === 'null') return null;
      return literal.type === 'duration' ? literal.ticks : literal.value;
    }
    case 'path': {
      const name = expression.segments.join('/');
      const cell = row[name] ?? null;
      return name.endsWith('Key') && cell !== null ? BigInt(Number(cell)) : cell;
    }
    case 'logical': {
      const operands = expression.operands.map((operand) => holds(operand, row));
      const decisive = expression.operator === 'or';
      if (operands.includes(decisive)) return decisive;
      return operands.includes(null) ? null : !decisive;
    }
    case 'not': {
      const operand = holds(expression.operand, row);
      return operand === null ? null : !operand;
    }
    case 'comparison':
      return compared(expression.operator, evaluate(expression.left, row), evaluate(expression.right, row));
    case 'in':
      return expression.list.some((item) =>
        compared('eq', evaluate(expression.operand, row), evaluate(item, row)),
      );
    case 'negate': {
      const operand = evaluate(expression.operand, row);
      return operand === null ? null : -(operand as number);
    }
    case 'arithmetic':
      return computed(expression.operator, evaluate(expression.left, row), evaluate(expression.right, row));
    case 'call': {
      const values = expression.arguments.map((argument) => evaluate(argument, row));
      return values.includes(null) ? null : FUNCTIONS[expression.name]!(...(values as never[]));
    }
    case 'case': {
      const branch = expression.branches.find(({ when }) => holds(when, row));
      return branch ? evaluate(branch.then, row) : null;
    }
    case 'type':
    case 'alias':
    case 'count':
    case 'lambda':
      throw new TypeError(`No ${expression.kind} here.`);
  }
}

// Comparison never yields unknown: null equals null and nothing else, and has no place in an order.
function compared(operator: string, left: Cell, right: Cell): boolean {
  if (left === null || right === null) {
    if (operator === 'eq') return left === right;
    return operator === 'ne' && left !== right;
  }
  const order = compareCells(left, right);
  switch (operator) {
    case 'eq':
      return order === 0;
    case 'ne':
      return order !== 0;
    case 'lt':
      return order < 0;
    case 'le':
      return order <= 0;
    case 'gt':
      return order > 0;
    case 'ge':
      return order >= 0;
    default:
      throw new TypeError(operator);
  }
}

/** Text by code points, numbers by size even beyond 2^53; null before everything. */
export function compareCells(left: Cell, right: Cell): number {
  if (left === null || right === null) return Number(left !== null) - Number(right !== null);
  if (typeof left === 'string') return Buffer.compare(Buffer.from(left), Buffer.from(right as string));
  if (left < right) return -1;
  return left > right ? 1 : 0;
}

function computed(operator: string, left: Cell, right: Cell): Cell {
  if (left === null || right === null) return null;
  if (typeof left === 'string') return instantArithmetic(operator, left, right as string | bigint);
  if (operator === 'divby') return Number(left) / Number(right);
  if (typeof left === 'bigint' && typeof right === 'bigint') return INTEGER_OPERATORS[operator]!(left, right);
  return DECIMAL_OPERATORS[operator]!(Number(left), Number(right));
}

const TICKS_PER_DAY = 864_000_000_000n;

/** Instants apart, or one a duration later: days are counted, and what is left of a day. */
function instantArithmetic(operator: string, instant: string, other: string | bigint): Cell {
  if (typeof other === 'string') return ticksAt(instant) - ticksAt(other);
  const ticks = ticksAt(instant) + (operator === 'add' ? other : -other);
  if (ticks < 0n) return null;
  const [year = 0, month = 0, day = 0] = dayOf(Number(ticks / TICKS_PER_DAY));
  if (year < 1 || year > 9999) return null;
  const rest = ticks % TICKS_PER_DAY;
  const clock = [rest / 36_000_000_000n, (rest / 600_000_000n) % 60n, (rest / 10_000_000n) % 60n];
  const fraction = String(rest % 10_000_000n)
    .padStart(7, '0')
    .replace(/0+$/, '');
  const two = (part: bigint | number): string => String(part).padStart(2, '0');
  const date = [String(year).padStart(4, '0'), two(month), two(day)];
  return `${date.join('-')}T${clock.map(two).join(':')}${fraction === '' ? '' : `.${fraction}`}`;
}

/** 100-nanosecond units since the year 0, by the rules of the calendar. */
function ticksAt(instant: string): bigint {
  const parts = instant.slice(0, 19).split(/[-T:]/).map(Number);
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = parts;
  const seconds = BigInt((hour * 60 + minute) * 60 + second);
  const fraction = BigInt(instant.slice(20).padEnd(7, '0'));
  return BigInt(daysBefore(year, month) + day - 1) * TICKS_PER_DAY + seconds * 10_000_000n + fraction;
}

const LENGTHS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const isLeap = (year: number): boolean => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;

/** Days of the calendar before the first of a month. */
function daysBefore(year: number, month: number): number {
  const leapYears = Math.ceil(year / 4) - Math.ceil(year / 100) + Math.ceil(year / 400);
  const months = LENGTHS.slice(0, month - 1).reduce((sum, length) => sum + length, 0);
  return year * 365 + leapYears + months + (month > 2 && isLeap(year) ? 1 : 0);
}

function dayOf(days: number): readonly number[] {
  let year = Math.floor(days / 365);
  while (daysBefore(year, 1) > days) year -= 1;
  let month = 12;
  while (daysBefore(year, month) > days) month -= 1;
  return [year, month, days - daysBefore(year, month) + 1];
}

const INTEGER_OPERATORS: Record<string, (a: bigint, b: bigint) => bigint> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  mod: (a, b) => a % b,
};

const DECIMAL_OPERATORS: Record<string, (a: number, b: number) => number> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
};

const letters = (text: string): string[] => Array.from(text);
const awayFromZero = (number: number): number => Math.sign(number) * Math.round(Math.abs(number));

const FUNCTIONS: Record<string, (...values: never[]) => Cell> = {
  contains: (text: string, part: string) => text.includes(part),
  startswith: (text: string, part: string) => text.startsWith(part),
  endswith: (text: string, part: string) => text.endsWith(part),
  length: (text: string) => BigInt(letters(text).length),
  indexof: (text: string, part: string) => {
    const at = text.indexOf(part);
    return BigInt(at < 0 ? -1 : letters(text.slice(0, at)).length);
  },
  substring: (text: string, start: bigint, length?: bigint) => {
    // Negative indexes count from the end, in JavaScript as in OData.
    const rest = letters(text).slice(Number(start));
    return rest.slice(0, length === undefined ? Infinity : Math.max(0, Number(length))).join('');
  },
  concat: (left: string, right: string) => left + right,
  tolower: (text: string) => text.toLowerCase(),
  toupper: (text: string) => text.toUpperCase(),
  trim: (text: string) => text.trim(),
  year: (instant: string) => BigInt(instant.slice(0, 4)),
  month: (instant: string) => BigInt(instant.slice(5, 7)),
  day: (instant: string) => BigInt(instant.slice(8, 10)),
  hour: (instant: string) => BigInt(instant.slice(11, 13)),
  minute: (instant: string) => BigInt(instant.slice(14, 16)),
  second: (instant: string) => BigInt(instant.slice(17, 19)),
  fractionalseconds: (instant: string) => Number(`0${instant.slice(19)}`),
  totalseconds: (ticks: bigint) => Number(ticks) / 10_000_000,
  date: (instant: string) => instant.slice(0, 10),
  time: (instant: string) => instant.slice(11),
  round: (number: number | bigint) => (typeof number === 'bigint' ? number : awayFromZero(number)),
  floor: (number: number | bigint) => (typeof number === 'bigint' ? number : Math.floor(number)),
  ceiling: (number: number | bigint) => (typeof number === 'bigint' ? number : Math.ceil(number)),
};
