// The route template of a request: its path and the names of its options, made of names that the feed itself defines.
import { deriveExposedModel } from '../../../schema/derive/exposed-model.ts';
import { boundFunctionsOf } from '../../../schema/derive/bound-functions.ts';
import type { Model } from '../../../schema/model.ts';
import { optionName } from '../../odata/parse/parse-options.ts';
import { splitTarget } from './feed-request.ts';
import { ROOT_SEGMENTS } from './service-roots.ts';

/**
 * `/beta/devices('DESKTOP-1')?$filter=…&colour=red` → `/beta/devices()?$filter&…`. Targets in the body follow, each
 * template once: `/beta/$batch [devices()?$select, users]`.
 */
export type RouteTemplateOf = (target: string, bodyTargets?: readonly string[]) => string;

const MONITORING_SEGMENTS = ['-', 'live', 'ready', 'metrics'];
// Names of the standard, also those that are not offered here.
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

// Unknown text may be anything: a person's name, a key, a secret in the wrong place. Only known names are shown.
const UNKNOWN = '…';
const MAX_PARTS = 40;
const MAX_BODY_TARGETS = 20;

export function makeRouteTemplateOf(model: Model): RouteTemplateOf {
  const exposedModel = deriveExposedModel(model, 'beta');
  const { namespace } = model;
  const names = [...exposedModel.entitySets].flatMap(([name, entitySet]) => [
    ...[name, ...entitySet.properties.keys(), ...entitySet.navigations.keys()],
    ...boundFunctionsOf(exposedModel, entitySet).flatMap((each) => [each.name, `${namespace}.${each.name}`]),
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
  return (target, bodyTargets = []) => {
    const templates = [...new Set(bodyTargets.map(templateOf))];
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
