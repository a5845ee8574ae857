// The shape of a request: its path and the names of its options, in words of the feed alone.
import { deriveCatalogue } from '../../schema/derive/catalogue.ts';
import { boundFunctionsOf } from '../../schema/derive/bound-functions.ts';
import type { Model } from '../../schema/model.ts';
import { optionName } from '../odata/parse-options.ts';
import { splitTarget } from './feed-request.ts';
import { ROOT_WORDS } from './mounts.ts';

/**
 * `/beta/devices('DESKTOP-1')?$filter=…&colour=red` → `/beta/devices()?$filter&…`. What the body asks for stands behind, each
 * shape once: `/beta/$batch [devices()?$select, users]`.
 */
export type ShapeOf = (target: string, inside?: readonly string[]) => string;

const WATCHING = ['-', 'live', 'ready', 'metrics'];
// Of the standard, also those that are not offered here.
const SYSTEM = [
  'metadata',
  'batch',
  'query',
  'filter',
  'count',
  'value',
  'ref',
  'entity',
  'all',
  'crossjoin',
  'root',
  'each',
];

// What a client made up may be anything: a name, a key, a secret in the wrong place. Only what we know ourselves is told.
const UNKNOWN = '…';
const MOST_PARTS = 40;
const MOST_INSIDE = 20;

export function shapesOf(model: Model): ShapeOf {
  const catalogue = deriveCatalogue(model, 'beta');
  const { namespace } = model;
  const words = [...catalogue.listings].flatMap(([name, listing]) => [
    ...[name, ...listing.properties.keys(), ...listing.ways.keys()],
    ...boundFunctionsOf(catalogue, listing).flatMap((each) => [each.name, `${namespace}.${each.name}`]),
  ]);
  const known = new Map(
    [...WATCHING, ...SYSTEM.map((name) => `$${name}`), ...ROOT_WORDS, ...words].map((word) => [
      word.toLowerCase(),
      word,
    ]),
  );
  const segmentOf = (encoded: string): string => {
    const [, name = '', bracket = ''] = /^([^(]*)(\(?)/.exec(decoded(encoded)) ?? [];
    return name === '' ? '' : `${known.get(name.toLowerCase()) ?? UNKNOWN}${bracket && '()'}`;
  };
  const shapeOf = (target: string): string => {
    const { path, rawQuery } = splitTarget(target);
    const shape = path.split('/', MOST_PARTS).map(segmentOf).join('/');
    const options = rawQuery === '' ? [] : rawQuery.split('&', MOST_PARTS).map(optionOf);
    return options.length === 0 ? shape : `${shape}?${options.join('&')}`;
  };
  return (target, inside = []) => {
    const shapes = [...new Set(inside.map(shapeOf))];
    if (shapes.length > MOST_INSIDE) shapes.splice(MOST_INSIDE, Infinity, UNKNOWN);
    return shapes.length === 0 ? shapeOf(target) : `${shapeOf(target)} [${shapes.join(', ')}]`;
  };
}

function optionOf(pair: string): string {
  try {
    const name = optionName(decoded(pair.split('=', 1)[0] ?? ''));
    if (name === null) return UNKNOWN;
    return name.startsWith('@') ? '@' : name;
  } catch {
    return UNKNOWN;
  }
}

function decoded(encoded: string): string {
  try {
    return decodeURIComponent(encoded);
  } catch {
    return encoded;
  }
}
