// The settings as text: what `print settings` shows.
import { resolve } from 'node:path';
import type { ResolvedSettings } from './read-settings.ts';
import type { Setting } from './setting.ts';
import { SETTINGS, SETTING_NAMES, flagOf, variableOf, type SettingName, type Settings } from './settings.ts';

/** One setting a paragraph: flag and variable, what it is for, its value and where that comes from. Secrets are hidden. */
export function describeSettings(resolved: ResolvedSettings): string {
  const file = resolved.file === null ? 'No settings file.' : `Settings file: '${resolve(resolved.file)}'.`;
  return [file, ...SETTING_NAMES.map((name) => describe(name, resolved))].join('\n\n');
}

function describe(name: SettingName, { settings, origins }: ResolvedSettings): string {
  const setting: Setting<Settings[SettingName]> = SETTINGS[name];
  const isSecret = setting.secret === true;
  const places = isSecret
    ? `${variableOf(name)}, ${variableOf(name)}_FILE`
    : `${flagOf(name)}, ${variableOf(name)}`;
  const origin = origins.get(name);
  const value = isSecret && settings[name] !== null ? '(hidden)' : show(absolute(settings[name], setting));
  const now =
    origin === undefined
      ? `${value}, the default`
      : `${value}, from ${origin}; the default is ${show(setting.default)}`;
  return `${places}\n    ${setting.help}\n    Expects ${setting.expects}. Now ${now}.`;
}

/** A path as it is used, wherever the program was called. */
function absolute(value: Settings[SettingName], { isPath }: Setting<unknown>): Settings[SettingName] {
  return isPath && typeof value === 'string' ? resolve(value) : value;
}

function show(value: Settings[SettingName]): string {
  if (value === null || value === '' || (Array.isArray(value) && value.length === 0)) return 'not set';
  return Array.isArray(value) ? value.join(', ') : String(value);
}
