// Where the user stands: the folder that relative paths are relative to.
import { dirname, resolve } from 'node:path';
import type { Environment } from './environment.ts';
import { startedByNpm } from './started-by-npm.ts';

/** npm moves into the folder of the package before it runs a script, and leaves word of where it was called. */
function userFolder(environment: Environment): string {
  const here = process.cwd();
  const { INIT_CWD: calledFrom, npm_package_json: packageFile } = environment;
  const movedByNpm = startedByNpm(environment) && (!packageFile || dirname(packageFile) === here);
  return movedByNpm && calledFrom ? calledFrom : here;
}

/** As it was written where that leads to the same place, so that messages quote what the user knows. */
export function resolvePath(written: string, environment: Environment = process.env): string {
  const folder = userFolder(environment);
  return folder === process.cwd() ? written : resolve(folder, written);
}
