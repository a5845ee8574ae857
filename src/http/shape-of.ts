// The shape of a request: its path and the names of its options, in words of the feed alone.
import { deriveCatalogue } from '../../schema/derive/catalogue.ts';
import { boundFunctionsOf } from '../../schema/derive/bound-functions.ts';
import type { Model } from '../../schema/model.ts';
import { optionName } from '../odata/parse-options.ts';
import { splitTarget } from './feed-request.ts';
import { ROOT_WORDS } from './mounts.ts';

/** `/beta/devices('DESKTOP-1')?$filter=…&colour=red` → `/beta/devices()?$filter&…`. */
export type ShapeOf = (target: string) => string;

const PATH_WORDS = [
  '-',
  'live',
  'ready',
  '$metadata',
  '$batch',
  '$query',
  '$filter',
  '$count',
  '$value',
  '$ref',
];
const ELSEWHERE = ['$entity', '$all', '$crossjoin', '$root', '$each'];

// What a client made up may be anything: a name, a key, a secret in the wrong place. Only what we know ourselves is told.
const UNKNOWN = '…';
const MOST_PARTS = 40;

export function shapesOf(model: Model): ShapeOf {
  const catalogue = deriveCatalogue(model, 'beta');
  const { namespace } = model;
  const words = [...catalogue.listings].flatMap(([name, listing]) => [
    ...[name, ...listing.properties.keys(), ...listing.ways.keys()],
    ...boundFunctionsOf(catalogue, listing).flatMap((each) => [each.name, `${namespace}.${each.name}`]),
  ]);
  const known = new Map(
    [...PATH_WORDS, ...ELSEWHERE, ...ROOT_WORDS, ...words].map((word) => [word.toLowerCase(), word]),
  );
  const segmentOf = (encoded: string): string => {
    const [, name = '', bracket = ''] = /^([^(]*)(\(?)/.exec(decoded(encoded)) ?? [];
    return name === '' ? '' : `${known.get(name.toLowerCase()) ?? UNKNOWN}${bracket && '()'}`;
  };
  return (target) => {
    const { path, rawQuery } = splitTarget(target);
    const shape = path.split('/', MOST_PARTS).map(segmentOf).join('/');
    const options = rawQuery === '' ? [] : rawQuery.split('&', MOST_PARTS).map(optionOf);
    return options.length === 0 ? shape : `${shape}?${options.join('&')}`;
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
