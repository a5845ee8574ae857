// The address of a property in its context URL: `devices(7)/deviceName`.
import { printLiteral } from '../../odata/print/print-literal.ts';
import type { KeyPart, PathSegment, Resource } from '../../odata/syntax/parsed-request.ts';
import type { ReadPlan } from '../../plan/read-plan.ts';

export interface RowAddress {
  readonly collection: string;
  /** `7`, `dateKey=20261120,deviceKey=7` */
  readonly key: string;
  /** The navigations that lead to the property, and its name. */
  readonly path: string;
}

/** For a plan of shape `property`: its path begins with a collection and a key. */
export function rowAddress({ segments }: Resource & { readonly kind: 'path' }, plan: ReadPlan): RowAddress {
  let start = plan;
  while (start.navigationOrigin) start = start.navigationOrigin;
  const [first, ...rest] = segments;
  const [name = ''] = plan.columns;
  const navigationPath = rest.slice(0, -1).map(printStep).join('');
  return {
    collection: start.entity.name,
    key: printFirst(first),
    path: `${navigationPath}/${name}`.slice(1),
  };
}

// A key may be a segment of its own: `devices/7`.
function printFirst(step: PathSegment | undefined): string {
  if (step?.kind === 'name') return step.name;
  return step?.kind === 'key' ? printKey(step.parts) : '';
}

function printStep(step: PathSegment): string {
  if (step.kind === 'name') return `/${step.name}`;
  return step.kind === 'key' ? `(${printKey(step.parts)})` : '';
}

function printKey(parts: readonly KeyPart[]): string {
  return parts
    .map(
      ({ name, literal }) => `${name === null ? '' : `${name}=`}${encodeURIComponent(printLiteral(literal))}`,
    )
    .join(',');
}
