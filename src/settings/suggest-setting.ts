// The setting that somebody probably meant, in the spelling of the place where it was mistyped.
import { nearestName } from '../base/did-you-mean.ts';
import { SETTING_NAMES, flagOf, type SettingName } from './settings.ts';

/** `Did you mean 'FLEETFEED_PORT'?`; undefined where no name is near. `written` is a key: words and hyphens. */
export function suggestSetting(written: string, spell: (name: SettingName) => string): string | undefined {
  const name = nearestSetting(written);
  return name && `Did you mean '${spell(name)}'?`;
}

/** Undefined where no name is near. */
export function nearestSetting(written: string): SettingName | undefined {
  // Compared as flags: a prefix of ten letters would make any two variables look alike.
  const byFlag = new Map(SETTING_NAMES.map((name) => [flagOf(name), name]));
  // As a flag or a variable has it.
  const key = written.replace(/^(?:--|FLEETFEED_)/, '').replaceAll('_', '-');
  return byFlag.get(nearestName(byFlag.keys(), `--${key}`) ?? '');
}
