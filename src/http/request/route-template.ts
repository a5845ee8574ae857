// The shape of a request: its path and the names of its options, in words of the feed alone.
import { deriveExposedModel } from '../../../schema/derive/exposed-model.ts';
import { boundFunctionsOf } from '../../../schema/derive/bound-functions.ts';
import type { Model } from '../../../schema/model.ts';
import { optionName } from '../../odata/parse/parse-options.ts';
import { splitTarget } from './feed-request.ts';
import { ROOT_SEGMENTS } from './service-roots.ts';

/**
 * `/beta/devices('DESKTOP-1')?$filter=…&colour=red` → `/beta/devices()?$filter&…`. What the body asks for stands behind, each
 * shape once: `/beta/$batch [devices()?$select, users]`.
 */
export type RouteTemplateOf = (target: string, inside?: readonly string[]) => string;

const MONITORING_SEGMENTS = ['-', 'live', 'ready', 'metrics'];
// Of the standard, also those that are not offered here.
const SYSTEM_NAMES = [
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
const MAX_PARTS = 40;
const MAX_BODY_TARGETS = 20;

export function makeRouteTemplateOf(model: Model): RouteTemplateOf {
  const exposedModel = deriveExposedModel(model, 'beta');
  const { namespace } = model;
  const names = [...exposedModel.entitySets].flatMap(([name, listing]) => [
    ...[name, ...listing.properties.keys(), ...listing.navigations.keys()],
    ...boundFunctionsOf(exposedModel, listing).flatMap((each) => [each.name, `${namespace}.${each.name}`]),
  ]);
  const known = new Map(
    [...MONITORING_SEGMENTS, ...SYSTEM_NAMES.map((name) => `$${name}`), ...ROOT_SEGMENTS, ...names].map(
      (word) => [word.toLowerCase(), word],
    ),
  );
  const segmentOf = (encoded: string): string => {
    const [, name = '', bracket = ''] = /^([^(]*)(\(?)/.exec(decoded(encoded)) ?? [];
    return name === '' ? '' : `${known.get(name.toLowerCase()) ?? UNKNOWN}${bracket && '()'}`;
  };
  const templateOf = (target: string): string => {
    const { path, rawQuery } = splitTarget(target);
    const template = path.split('/', MAX_PARTS).map(segmentOf).join('/');
    const options = rawQuery === '' ? [] : rawQuery.split('&', MAX_PARTS).map(optionOf);
    return options.length === 0 ? template : `${template}?${options.join('&')}`;
  };
  return (target, inside = []) => {
    const templates = [...new Set(inside.map(templateOf))];
    if (templates.length > MAX_BODY_TARGETS) templates.splice(MAX_BODY_TARGETS, Infinity, UNKNOWN);
    return templates.length === 0 ? templateOf(target) : `${templateOf(target)} [${templates.join(', ')}]`;
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
