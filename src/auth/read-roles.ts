// The file of roles: what it says, held against the collections and kinds of columns that there are.
import { readFileSync } from 'node:fs';
import { FeedError } from '../base/feed-error.ts';
import { nearestName } from '../base/nearest-name.ts';
import { allRoles, type Role, type Roles } from './roles.ts';

/** What a role may name. */
export interface Nameable {
  readonly collections: readonly string[];
  /** Kinds of columns that say something about a person. */
  readonly kinds: readonly string[];
}

type Json = Readonly<Record<string, unknown>>;

const FIELDS = ['collections', 'personal', 'metrics'];

/**
 * Reads `{"helpdesk": {"collections": ["devices", "policy*"], "personal": ["deviceName", "serial"]}}`; `personal` may be
 * "all" or "none", which it is where left out; so is `"metrics": false`. Throws `setup.bad-setting` that says where in the file, and what would do.
 */
export function readRoles(path: string, nameable: Nameable): Roles {
  const json = readJson(path);
  if (!isObject(json)) throw bad(path, 'is not an object of roles by name');
  return allRoles(Object.entries(json).map(([name, role]) => roleOf(name, role, nameable, path)));
}

function roleOf(name: string, json: unknown, { collections, kinds }: Nameable, path: string): Role {
  const fault = (what: string, hint?: string): FeedError => bad(path, `: role '${name}' ${what}`, hint);
  if (!/^[a-z][a-z0-9-]{0,39}$/.test(name) || name === 'none')
    throw fault('has a name that cannot be used', 'Write small letters, digits and hyphens, and not none.');
  if (!isObject(json)) throw fault('is not an object', 'It has collections, personal and metrics.');
  const stranger = Object.keys(json).find((field) => !FIELDS.includes(field));
  if (stranger !== undefined) throw fault(`has an unknown '${stranger}'`, meant(FIELDS, stranger));

  const { collections: patterns, personal = 'none', metrics = false } = json;
  if (!isTexts(patterns) || patterns.length === 0)
    throw fault('does not list the names of its collections', 'Write "collections": ["*"] for all.');
  const unknown = patterns.find((pattern) => !collections.some((each) => fits(pattern, each)));
  if (unknown !== undefined)
    throw fault(`names a collection '${unknown}', which there is not`, meant(collections, unknown));

  if (typeof metrics !== 'boolean') throw fault(`has a 'metrics' that is neither true nor false`);
  const role = { name, collections: patterns, ...(metrics && { metrics }) };
  if (personal === 'all' || personal === 'none') return { ...role, personal };
  if (!isTexts(personal)) throw fault(`has a 'personal' that is neither "all", "none" nor a list of kinds`);
  const unheard = personal.find((kind) => !kinds.includes(kind));
  if (unheard !== undefined)
    throw fault(`names a kind of columns '${unheard}', which there is not`, meant(kinds, unheard));
  return { ...role, personal };
}

function fits(pattern: string, collection: string): boolean {
  return pattern.endsWith('*') ? collection.startsWith(pattern.slice(0, -1)) : collection === pattern;
}

function meant(names: readonly string[], written: string): string {
  const nearest = nearestName(names, written);
  if (nearest !== null) return `Did you mean '${nearest}'?`;
  return names.length > 12 ? "'fleetfeed print collections' lists them." : `There is ${names.join(', ')}.`;
}

function readJson(path: string): unknown {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw bad(path, 'cannot be read', undefined, cause);
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw bad(path, `is not JSON: ${cause instanceof Error ? cause.message : ''}`, undefined, cause);
  }
}

function isObject(json: unknown): json is Json {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}

function isTexts(json: unknown): json is readonly string[] {
  return Array.isArray(json) && json.every((each) => typeof each === 'string');
}

function bad(path: string, what: string, hint?: string, cause?: unknown): FeedError {
  const about = what.startsWith(':') ? what : ` ${what}`;
  return new FeedError('setup.bad-setting', `The file of roles '${path}'${about}.`, {
    target: '--roles',
    ...(hint !== undefined && { hint }),
    cause,
  });
}
