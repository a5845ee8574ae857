// What `query --explain` prints: the plan, each statement with its values, and SQLite's own plan for it.
import { inspect } from 'node:util';
import type { ExplainedStatement } from '../../engines/sqlite/read/explaining-engine.ts';
import type { ReadPlan } from '../../plan/read-plan.ts';
import type { PageStatement } from '../../sql/statement.ts';

/** `plan` is null for a document. */
export function explanation(plan: ReadPlan | null, explained: readonly ExplainedStatement[]): string {
  if (!plan) return 'A document: it is made from the model, without reading the warehouse.';
  const statements = explained.map(({ use, statement, steps }) =>
    [
      `SQL: ${use}`,
      indent(statement.text),
      ...(statement.values.length > 0 ? ['', 'Values', ...statement.values.map(valueLine)] : []),
      '',
      'How SQLite runs it',
      ...steps.map(indent),
    ].join('\n'),
  );
  return [`Plan\n${indent(planText(plan))}`, ...statements].join('\n\n');
}

// As wide as most terminals: most values of a plan then fit on one line.
const WIDTH = 120;

function planText(plan: object): string {
  return inspect(shorten(plan), {
    depth: null,
    breakLength: WIDTH,
    maxArrayLength: null,
    maxStringLength: null,
  });
}

// Entities are shown by their names and columns by their types; in full they would hide the plan.
function shorten(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shorten);
  if (value instanceof Map) return shorten(Object.fromEntries(value));
  if (typeof value !== 'object' || value === null) return value;
  if ('singular' in value && 'name' in value) return value.name;
  if ('type' in value && 'description' in value) return value.type;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, shorten(inner)]));
}

function valueLine(value: PageStatement['values'][number], index: number): string {
  const isPlaceholder = typeof value === 'object' && value !== null;
  const filled =
    isPlaceholder && value.parameter === 'after' ? `of the last row, order value ${value.index}` : 'rows';
  return indent(`${index + 1}: ${isPlaceholder ? `<${filled}>` : inspect(value)}`);
}

function indent(text: string): string {
  return text.replaceAll(/^/gm, '  ');
}
