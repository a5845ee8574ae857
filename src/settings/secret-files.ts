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

/** One sentence for each secret that is set twice: the variable itself is used. */
export function warnOfUnreadSecretFiles(environment: Environment = process.env): readonly string[] {
  return secretFiles(environment)
    .map(({ name }) => ({ file: name, variable: name.replace(/_FILE$/, '') }))
    .filter(({ variable }) => (environment[variable] ?? '') !== '')
    .map(({ file, variable }) => `${variable} and ${file} are both set; ${variable} is used. Unset one.`);
}
