// The settings file: one JSON object whose keys are the flags without their dashes, as in {"page-rows": 1000}.
import { evaluate, parse, type MemberNode } from '@humanwhocodes/momoa';
import { FeedError, type FeedErrorDetail } from '../base/feed-error.ts';
import { readRegularFile, unreadableReason } from '../base/read-regular-file.ts';
import { shorten } from './shorten.ts';
import { nearestSetting, suggestSetting } from './suggest-setting.ts';
import type { Setting } from './setting.ts';
import { SETTINGS, SETTING_NAMES, keyOf, variableOf, type SettingName } from './settings.ts';

export interface SettingsFile {
  readonly path: string;
  readonly values: ReadonlyMap<SettingName, FileValue>;
}

export interface FileValue {
  readonly json: unknown;
  /** Where it is in the file, counted from 1. */
  readonly line: number;
}

const LISTED = "'fleetfeed print settings' lists them.";

/** Far more than all settings take. */
const MAX_BYTES = 64 * 1024;

/** Throws `setup.bad-setting` where the file cannot be read, is not JSON in UTF-8, or has a key that is no setting or is there twice. */
export function readSettingsFile(path: string): SettingsFile {
  const values = new Map<SettingName, FileValue>();
  for (const { name: key, value, loc } of membersOf(readText(path), path)) {
    const { line } = loc.start;
    const name = settingOf(key.type === 'String' ? key.value : key.name, path, line);
    if (values.has(name)) throw badFile(path, line, `'${keyOf(name)}' is set twice.`);
    values.set(name, { json: evaluate(value), line });
  }
  return { path, values };
}

function settingOf(key: string, path: string, line: number): SettingName {
  const exact = SETTING_NAMES.find((each) => keyOf(each) === key);
  const name = exact ?? nearestSetting(key);
  // A mistyped secret is refused as one: with its right name it would be refused again.
  if (name !== undefined && 'secret' in SETTINGS[name]) {
    const variable = variableOf(name);
    const hint = `Set ${variable}, or ${variable}_FILE to the path of a file that holds it alone.`;
    const sentence = `'${keyOf(name)}' is a secret, and no secret is read from a settings file.`;
    throw badFile(path, line, sentence, hint);
  }
  if (exact !== undefined) return exact;
  throw badFile(path, line, `There is no setting '${key}'.`, suggestSetting(key, keyOf) ?? LISTED);
}

/** The value as a flag would have it. Throws `setup.bad-setting` where its JSON type is not that of the setting. */
export function textOfFileValue(name: SettingName, { json, line }: FileValue, path: string): string {
  const setting: Setting<unknown> = SETTINGS[name];
  const isArray = setting.json === 'array of strings';
  if (setting.json.split(' or ').includes(typeof json)) return String(json);
  if (isArray && isListOfTexts(json)) return json.join(',');
  const expects = isArray ? `an array of strings (${setting.expects})` : setting.expects;
  throw badFile(
    path,
    line,
    `'${keyOf(name)}' must be ${expects}, not ${shorten(JSON.stringify(json))}.`,
    hintFor(setting, json),
  );
}

function hintFor({ json: type }: Setting<unknown>, json: unknown): string | undefined {
  if (type === 'number' && typeof json === 'string') return 'Write it without quotes.';
  return type === 'array of strings' && Array.isArray(json) && json.some(hasComma)
    ? 'A string of it may not contain a comma.'
    : undefined;
}

function hasComma(json: unknown): boolean {
  return typeof json === 'string' && json.includes(',');
}

// A comma would make two of one.
function isListOfTexts(json: unknown): json is readonly string[] {
  return Array.isArray(json) && json.every((each) => typeof each === 'string' && !hasComma(each));
}

function readText(path: string): string {
  let bytes: Buffer;
  try {
    bytes = readRegularFile(path, MAX_BYTES);
  } catch (cause) {
    throw badSettings(`The settings file '${path}' ${unreadableReason(cause)}.`, { target: path, cause });
  }
  if (bytes.length === 0) throw badSettings(`The settings file '${path}' is empty.`, { target: path });
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw badSettings(`The settings file '${path}' is not UTF-8.`, { target: path, cause });
  }
}

function membersOf(text: string, path: string): readonly MemberNode[] {
  const { body } = parseJson(text, path);
  if (body.type === 'Object') return body.members;
  throw badSettings(`The settings file '${path}' is not a JSON object.`, {
    target: path,
    hint: 'It looks like {"data": "/srv/fleetfeed", "page-rows": 1000}.',
  });
}

function parseJson(text: string, path: string): ReturnType<typeof parse> {
  try {
    return parse(text, { mode: 'json' });
  } catch (cause) {
    const isCutShort = cause instanceof Error && cause.message.startsWith('Unexpected end of input');
    if (isCutShort) {
      const end = `ends at line ${text.split('\n').length}, before its JSON does`;
      throw badSettings(`The settings file '${path}' ${end}.`, { target: path, cause });
    }
    // Too deep a nesting ends in a RangeError, which has no place in the text.
    const place =
      cause instanceof Error && 'line' in cause && 'column' in cause
        ? ` at line ${String(cause.line)}, column ${String(cause.column)}`
        : '';
    throw badSettings(`The settings file '${path}' is not valid JSON${place}.`, { target: path, cause });
  }
}

function badFile(path: string, line: number, sentence: string, hint?: string): FeedError {
  const detail = { target: path, ...(hint !== undefined && { hint }) };
  return badSettings(`The settings file '${path}', line ${line}: ${sentence}`, detail);
}

function badSettings(message: string, detail: FeedErrorDetail): FeedError {
  return new FeedError('setup.bad-setting', message, detail);
}
