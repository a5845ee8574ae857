// Plans an address against the real model, at noon of the day that the vendor's examples speak of.
import { deriveExposedModel } from '../../schema/derive/exposed-model.ts';
import { MODEL } from '../../schema/fleetfeed-model.ts';
import type { FeedVersion } from '../../schema/entity.ts';
import { LIMITS } from '../../src/base/limits.ts';
import type { LiteralValue } from '../../src/odata/syntax/expression.ts';
import { parseRequest } from '../../src/odata/parse/parse-request.ts';
import { planRead } from '../../src/plan/plan-read.ts';
import type { ReadPlan } from '../../src/plan/read-plan.ts';
import type { Condition, NavigationJoin, RowSource, Scalar } from '../../src/plan/relational-algebra.ts';

const EXPOSED_MODELS = { 'v1.0': deriveExposedModel(MODEL, 'v1.0'), beta: deriveExposedModel(MODEL, 'beta') };

interface PlanOptions {
  readonly version?: FeedVersion;
  readonly after?: readonly LiteralValue[];
  readonly served?: number;
}

/** `address` is what follows the version: `/devices?$top=5`. */
export function planOf(address: string, { version = 'beta', after, served = 0 }: PlanOptions = {}): ReadPlan {
  const [path = '', ...options] = address.split('?');
  return planRead(parseRequest(path, encodeURI(options.join('?')), LIMITS), {
    version,
    exposedModels: EXPOSED_MODELS,
    now: new Date('2018-02-21T12:00:00Z'),
    limits: LIMITS,
    continuation: after ? { generation: 61, startedAt: 0, served, tracksChanges: false, after } : null,
  });
}

/** A condition in a line: enough to see what was meant. */
export function showCondition(condition: Condition | null): string {
  if (condition === null) return '';
  switch (condition.kind) {
    case 'all':
    case 'any':
      return `${condition.kind}(${condition.of.map(showCondition).join(', ')})`;
    case 'not':
      return `not(${showCondition(condition.of)})`;
    case 'compare':
      return `${showScalar(condition.left)} ${condition.operator} ${showScalar(condition.right)}`;
    case 'oneOf':
      return `${showScalar(condition.operand)} in [${condition.values.map(showScalar).join(', ')}]`;
    case 'textTest':
      return `${condition.test}(${showScalar(condition.text)}, ${showScalar(condition.part)})`;
    case 'correlatedKey':
      return `${Object.entries(condition.on).flat().join(' as ')} of ${sourceName(condition.source)} where ${showCondition(condition.where)}`;
    case 'exists':
    case 'forAll':
      return `${condition.kind}(${showNavigation(condition.join)}${condition.where ? ` where ${showCondition(condition.where)}` : ''})`;
    case 'search':
      return `${condition.index.name}(${condition.words})`;
    case 'inSubquery':
      return `${condition.join.source.kind === 'collection' ? condition.join.source.entity.name : '…'}(${showCondition(condition.where)})`;
    case 'asOf':
      return `asOf(${condition.entity.name}, ${condition.day})`;
    case 'isTrue':
      return showScalar(condition.of);
    case 'constant':
      return String(condition.value);
  }
}

function showNavigation({ source, row, start, on }: NavigationJoin): string {
  const pairs = Object.entries(on).map(([theirs, own]) => `${theirs}=r${start}.${own}`);
  return `${sourceName(source)} r${row} on ${pairs.join()}`;
}

function sourceName(source: RowSource): string {
  if (source.kind === 'collection') return source.entity.name;
  return source.kind === 'unionAll' ? source.of.map(sourceName).join('+') : sourceName(source.of);
}

function showScalar(scalar: Scalar): string {
  switch (scalar.kind) {
    case 'property':
      return scalar.property;
    case 'literal':
      return typeof scalar.value === 'string' ? `'${scalar.value}'` : String(scalar.value);
    case 'call':
      return `${scalar.name}(${scalar.arguments.map(showScalar).join(', ')})`;
    case 'arithmetic':
      return `(${showScalar(scalar.left)} ${scalar.operator} ${showScalar(scalar.right)})`;
    case 'negate':
      return `-${showScalar(scalar.operand)}`;
    case 'case':
      return `case(${scalar.branches.map(({ when, then }) => `${showCondition(when)}: ${showScalar(then)}`).join(', ')})`;
    case 'cast':
      return `cast(${showScalar(scalar.of)} as ${scalar.type})`;
    case 'navigate':
      return `${showScalar(scalar.of)} through ${showNavigation(scalar.join)}`;
    case 'aggregateRelated':
      return `${scalar.method}(${showScalar(scalar.of)} of ${showNavigation(scalar.join)})`;
    case 'countRelated':
      return `count(${showNavigation(scalar.join)})`;
    case 'condition':
      return `(${showCondition(scalar.condition)})`;
  }
}
