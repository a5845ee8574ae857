// Flags, environment and settings file → settings: a flag beats the environment, which beats the file, which beats the default.
import { FeedError } from '../base/feed-error.ts';
import { readRegularFile, unreadableReason } from '../base/read-regular-file.ts';
import type { Environment } from './environment.ts';
import { path, type Setting } from './setting.ts';
import { shorten } from './shorten.ts';
import {
  SETTINGS,
  SETTING_NAMES,
  flagOf,
  keyOf,
  variableOf,
  type SettingName,
  type Settings,
} from './settings.ts';
import { readSettingsFile, textOfFileValue, type SettingsFile } from './settings-file.ts';
import { CONFIG_VARIABLE } from './unknown-variables.ts';
import { resolvePath } from './user-folder.ts';

export interface SettingSources {
  /** As typed, by setting: `4005` for `--port 4005`. */
  readonly flags?: ReadonlyMap<SettingName, string>;
  /** The settings file that `--config` names. */
  readonly config?: string | undefined;
  readonly environment?: Environment;
  /** The settings that the command uses. What is written for others is not looked at. */
  readonly used?: readonly SettingName[];
}

export interface ResolvedSettings {
  readonly settings: Settings;
  /** Where a value comes from, for people: `--port`, `FLEETFEED_PORT`, `'fleetfeed.json'`. A default is not among them. */
  readonly origins: ReadonlyMap<SettingName, string>;
  /** Path of the settings file; null without one. */
  readonly file: string | null;
}

/** Names the settings file, so a settings file cannot have it. */
export const CONFIG = path('', 'The settings file; FLEETFEED_CONFIG without it.');
const CONFIG_FLAG = '--config';

/** What is written for a setting. */
interface RawValue {
  readonly text: string;
  readonly origin: string;
  /** How a sentence about it begins. */
  readonly subject: string;
}

/**
 * Reads `FLEETFEED_PORT` beside the flags, a secret also from the file that `…_FILE` names, and the file of `--config` or
 * `FLEETFEED_CONFIG`. Throws `setup.bad-setting`.
 */
export function readSettings({
  flags = new Map<SettingName, string>(),
  config,
  environment = process.env,
  used = SETTING_NAMES,
}: SettingSources): ResolvedSettings {
  const file = findFile(config, environment);
  const found = new Map<SettingName, RawValue>();
  for (const name of used) {
    const raw = readFlag(name, flags) ?? readVariable(name, environment) ?? readFromFile(name, file);
    if (raw !== undefined) found.set(name, raw);
  }
  const entries = SETTING_NAMES.map((name) => [name, valueOf(name, found.get(name), environment)]);
  return {
    // Each value came from the parser or the default of its own setting.
    settings: Object.fromEntries(entries) as Settings,
    origins: new Map([...found].map(([name, { origin }]) => [name, origin])),
    file: file?.path ?? null,
  };
}

function findFile(config: string | undefined, environment: Environment): SettingsFile | null {
  const raw =
    config === undefined
      ? readFilled(CONFIG_VARIABLE, environment)
      : { text: config, origin: CONFIG_FLAG, subject: CONFIG_FLAG };
  if (raw === undefined) return null;
  return readSettingsFile(resolvePath(parseRaw(CONFIG, raw, CONFIG_FLAG), environment));
}

function readFlag(name: SettingName, flags: ReadonlyMap<SettingName, string>): RawValue | undefined {
  const text = flags.get(name);
  return text === undefined ? undefined : { text, origin: flagOf(name), subject: flagOf(name) };
}

function readVariable(name: SettingName, environment: Environment): RawValue | undefined {
  const setting: Setting<unknown> = SETTINGS[name];
  const variable = variableOf(name);
  const read = (origin: string): RawValue | undefined => readFilled(origin, environment);
  const own = read(variable);
  if (own !== undefined || setting.secret === undefined) return own ?? readShared(setting, read);
  const file = read(`${variable}_FILE`);
  return file === undefined ? readShared(setting, read) : readSecretFile(file, environment);
}

/** An empty variable is how a container file writes "not set". */
function readFilled(origin: string, environment: Environment): RawValue | undefined {
  const text = environment[origin] ?? '';
  return text === '' ? undefined : { text, origin, subject: origin };
}

function readShared(
  { sharedVariables = [] }: Setting<unknown>,
  read: (variable: string) => RawValue | undefined,
): RawValue | undefined {
  return sharedVariables.map(read).find((each) => each !== undefined);
}

function readSecretFile({ text, origin }: RawValue, environment: Environment): RawValue {
  const path = resolvePath(text, environment);
  try {
    return { text: readRegularFile(path).toString('utf8').trim(), origin, subject: `'${path}'` };
  } catch (cause) {
    throw new FeedError('setup.bad-setting', `${origin} names '${path}', which ${unreadableReason(cause)}.`, {
      target: origin,
      cause,
    });
  }
}

function readFromFile(name: SettingName, file: SettingsFile | null): RawValue | undefined {
  const value = file?.values.get(name);
  if (!file || !value) return undefined;
  return {
    text: textOfFileValue(name, value, file.path),
    origin: `'${file.path}'`,
    subject: `The settings file '${file.path}', line ${value.line}: '${keyOf(name)}'`,
  };
}

function valueOf(name: SettingName, raw: RawValue | undefined, environment: Environment): unknown {
  const setting: Setting<unknown> = SETTINGS[name];
  const value = raw === undefined ? setting.default : parseRaw(setting, raw, flagOf(name));
  return setting.isPath && typeof value === 'string' ? resolvePath(value, environment) : value;
}

function parseRaw<Value>(setting: Setting<Value>, { text, subject }: RawValue, target: string): Value {
  const value = setting.parse(text);
  if (value !== undefined) return value;
  const but = setting.secret ? 'and is not' : `not '${shorten(text)}'`;
  throw new FeedError('setup.bad-setting', `${subject} must be ${setting.expects}, ${but}.`, { target });
}
