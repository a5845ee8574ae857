// Flags and environment → settings: a flag beats the environment, the environment beats the default.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { FeedError } from '../base/feed-error.ts';
import { withSuggestion } from '../base/did-you-mean.ts';
import type { Setting } from './setting.ts';
import { SETTINGS, flagOf, variableOf, type SettingName, type Settings } from './settings.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** What was written for a setting, and where: the place opens the sentence of an error. */
interface RawValue {
  readonly text: string;
  readonly source: string;
}

const NAMES = Object.keys(SETTINGS) as SettingName[];

/**
 * Reads `--port 4004` or `--port=4004`, and `FLEETFEED_PORT`; a secret also from the file that `…_FILE` names.
 * `known` are the settings that the command uses: another flag is an error, another variable is not looked at.
 * Throws `setup.bad-setting`.
 */
export function readSettings(
  args: readonly string[],
  environment: Environment = process.env,
  usedSettings: readonly SettingName[] = NAMES,
): Settings {
  const flags = readFlags(args, usedSettings);
  const entries = NAMES.map((name) => {
    const written = usedSettings.includes(name)
      ? (flags.get(name) ?? readVariable(name, environment))
      : undefined;
    return [name, written === undefined ? SETTINGS[name].default : valueOf(name, written)];
  });
  // Each value came from the parser or the default of its own setting.
  return Object.fromEntries(entries) as Settings;
}

function readFlags(
  args: readonly string[],
  usedSettings: readonly SettingName[],
): ReadonlyMap<SettingName, RawValue> {
  const byFlag = new Map(usedSettings.map((name) => [flagOf(name), name]));
  const options = Object.fromEntries(
    [...byFlag.keys()].map((flag) => [flag.slice(2), { type: 'string' }] as const),
  );
  const { tokens } = parseArgs({
    args: [...args],
    options,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const flags = new Map<SettingName, RawValue>();
  for (const token of tokens) {
    if (token.kind === 'option-terminator') continue;
    if (token.kind === 'positional') throw badSetting(`'${token.value}' is not expected here.`, token.value);
    const name = byFlag.get(token.rawName);
    if (name === undefined) throw unknownFlag(token.rawName, byFlag.keys());
    if ('secret' in SETTINGS[name]) {
      const variable = variableOf(name);
      const message = `${token.rawName} would show a secret to everyone on this machine: set ${variable} or ${variable}_FILE.`;
      throw badSetting(message, token.rawName);
    }
    if (token.value === undefined || (!token.inlineValue && token.value.startsWith('--'))) {
      throw badSetting(
        `${token.rawName} must be ${SETTINGS[name].expects}, but nothing follows it.`,
        token.rawName,
      );
    }
    flags.set(name, { text: token.value, source: token.rawName });
  }
  return flags;
}

function unknownFlag(flag: string, flags: Iterable<string>): FeedError {
  const elsewhere = NAMES.some((name) => flagOf(name) === flag);
  if (elsewhere) return badSetting(`This command does not use ${flag}.`, flag);
  return badSetting(withSuggestion(`There is no ${flag}.`, flags, flag), flag);
}

function readVariable(name: SettingName, environment: Environment): RawValue | undefined {
  const setting: Setting<unknown> = SETTINGS[name];
  const variable = variableOf(name);
  const text = environment[variable];
  // An empty variable is how a container file writes "not set".
  if (text !== undefined && text !== '') return { text, source: variable };
  const file = setting.secret ? environment[`${variable}_FILE`] : undefined;
  if (file === undefined || file === '') {
    const source = setting.sharedVariables?.find((each) => (environment[each] ?? '') !== '');
    return source === undefined ? undefined : { text: environment[source] ?? '', source };
  }
  try {
    return { text: readFileSync(file, 'utf8').trim(), source: file };
  } catch (cause) {
    throw new FeedError('setup.bad-setting', `${variable}_FILE names '${file}', which cannot be read.`, {
      target: `${variable}_FILE`,
      cause,
    });
  }
}

function valueOf(name: SettingName, written: RawValue): unknown {
  const setting = SETTINGS[name];
  const value = setting.parse(written.text);
  if (value !== undefined) return value;
  const but = 'secret' in setting ? 'and is not' : `not '${written.text}'`;
  throw badSetting(`${written.source} must be ${setting.expects}, ${but}.`, written.source);
}

function badSetting(message: string, target: string): FeedError {
  return new FeedError('setup.bad-setting', message, { target });
}
