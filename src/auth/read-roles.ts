// The file of roles, checked against the collections and the kinds of personal columns that exist.
import { FeedError } from '../base/feed-error.ts';
import { didYouMean } from '../base/did-you-mean.ts';
import { readRegularFile, unreadableReason } from '../base/read-regular-file.ts';
import { allRoles, type Role, type Roles } from './roles.ts';

/** What a role may name. */
export interface RoleVocabulary {
  readonly collections: readonly string[];
  /** Kinds of columns with personal data. */
  readonly personalKinds: readonly string[];
}

type Json = Readonly<Record<string, unknown>>;

const FIELDS = ['collections', 'personal', 'metrics'];

/**
 * Reads `{"helpdesk": {"collections": ["devices", "policy*"], "personal": ["deviceName", "serial"]}}`; `personal` may also be
 * "all" or "none"; "none" and `"metrics": false` are the defaults. Throws `setup.bad-setting` with the place in the file and what is allowed there.
 */
export function readRoles(path: string, nameable: RoleVocabulary): Roles {
  const json = readJson(path);
  if (!isObject(json)) throw badRoles(path, 'is not an object of roles by name');
  return allRoles(Object.entries(json).map(([name, role]) => roleOf(name, role, nameable, path)));
}

function roleOf(
  name: string,
  json: unknown,
  { collections, personalKinds: kinds }: RoleVocabulary,
  path: string,
): Role {
  const invalidRole = (what: string, hint?: string): FeedError =>
    badRoles(path, `: role '${name}' ${what}`, hint);
  if (!/^[a-z][a-z0-9-]{0,39}$/.test(name) || name === 'none')
    throw invalidRole(
      'has a name that cannot be used',
      'Use lower-case letters, digits and hyphens; the name none is reserved.',
    );
  if (!isObject(json)) throw invalidRole('is not an object', 'It has collections, personal and metrics.');
  const unknownField = Object.keys(json).find((field) => !FIELDS.includes(field));
  if (unknownField !== undefined)
    throw invalidRole(`has an unknown '${unknownField}'`, nameHint(FIELDS, unknownField));

  const { collections: patterns, personal = 'none', metrics = false } = json;
  if (!isStringArray(patterns) || patterns.length === 0)
    throw invalidRole('does not list the names of its collections', 'Write "collections": ["*"] for all.');
  const unknownCollection = patterns.find(
    (pattern) => !collections.some((each) => matchesPattern(pattern, each)),
  );
  if (unknownCollection !== undefined)
    throw invalidRole(
      `names a collection '${unknownCollection}' that does not exist`,
      nameHint(collections, unknownCollection),
    );

  if (typeof metrics !== 'boolean') throw invalidRole(`has a 'metrics' that is neither true nor false`);
  const role = { name, collections: patterns, ...(metrics && { metrics }) };
  if (personal === 'all' || personal === 'none') return { ...role, personal };
  if (!isStringArray(personal))
    throw invalidRole(`has a 'personal' that is neither "all", "none" nor a list of kinds`);
  const unknownKind = personal.find((kind) => !kinds.includes(kind));
  if (unknownKind !== undefined)
    throw invalidRole(
      `names a kind of columns '${unknownKind}' that does not exist`,
      nameHint(kinds, unknownKind),
    );
  return { ...role, personal };
}

function matchesPattern(pattern: string, collection: string): boolean {
  return pattern.endsWith('*') ? collection.startsWith(pattern.slice(0, -1)) : collection === pattern;
}

function nameHint(names: readonly string[], written: string): string {
  const suggestion = didYouMean(names, written);
  if (suggestion !== undefined) return suggestion;
  return names.length > 12 ? "'fleetfeed print collections' lists them." : `There is ${names.join(', ')}.`;
}

function readJson(path: string): unknown {
  let text: string;
  try {
    text = readRegularFile(path).toString('utf8');
  } catch (cause) {
    throw badRoles(path, unreadableReason(cause), undefined, cause);
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw badRoles(path, `is not JSON: ${cause instanceof Error ? cause.message : ''}`, undefined, cause);
  }
}

function isObject(json: unknown): json is Json {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}

function isStringArray(json: unknown): json is readonly string[] {
  return Array.isArray(json) && json.every((each) => typeof each === 'string');
}

function badRoles(path: string, what: string, hint?: string, cause?: unknown): FeedError {
  const about = what.startsWith(':') ? what : ` ${what}`;
  return new FeedError('setup.bad-setting', `The file of roles '${path}'${about}.`, {
    target: '--roles',
    ...(hint !== undefined && { hint }),
    cause,
  });
}
