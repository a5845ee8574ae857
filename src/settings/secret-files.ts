// The files that hold secrets: those that `…_FILE` variables name.
import type { Environment } from './environment.ts';
import { SETTINGS, variableOf, type SettingName } from './settings.ts';

export interface SecretFile {
  /** The variable that names it. */
  readonly name: string;
  readonly path: string;
}

export function secretFiles(environment: Environment = process.env): readonly SecretFile[] {
  return (Object.keys(SETTINGS) as SettingName[])
    .filter((name) => 'secret' in SETTINGS[name])
    .map((name) => `${variableOf(name)}_FILE`)
    .map((name) => ({ name, path: environment[name] ?? '' }))
    .filter(({ path }) => path !== '');
}
