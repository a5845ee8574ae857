// The settings as text: what `print settings` and `help` show.
import { SETTINGS, flagOf, variableOf, type SettingName, type Settings } from './settings.ts';

/** One setting a paragraph: flag and variable, the value now, the default where it differs, what it is for. */
export function describeSettings(settings: Settings, names: readonly SettingName[]): string {
  return names.map((name) => describe(name, settings)).join('\n\n');
}

function describe(name: SettingName, settings: Settings): string {
  const setting = SETTINGS[name];
  const isSecret = 'secret' in setting;
  const sources = isSecret
    ? `${variableOf(name)}, ${variableOf(name)}_FILE`
    : `${flagOf(name)}, ${variableOf(name)}`;
  const value = settings[name];
  const shown = isSecret && value !== null ? '(hidden)' : show(value);
  const defaultText = show(setting.default);
  const deviates = shown === defaultText ? '' : ` (default ${defaultText})`;
  return `${sources}\n    ${setting.help}\n    Expects ${setting.expects}. Now ${shown}${deviates}.`;
}

function show(value: Settings[SettingName]): string {
  if (value === null || (Array.isArray(value) && value.length === 0)) return 'not set';
  return Array.isArray(value) ? value.join(', ') : String(value);
}
