// Variables that look like settings and are none: mistyped, or of another release.
import type { Environment } from './environment.ts';
import { suggestSetting } from './suggest-setting.ts';
import { SETTINGS, SETTING_NAMES, variableOf } from './settings.ts';

const PREFIX = 'FLEETFEED_';
export const CONFIG_VARIABLE = `${PREFIX}CONFIG`;

/** What Kubernetes sets for a service named fleetfeed. It is why an unknown variable is no error. */
const OF_KUBERNETES = /^FLEETFEED_(?:SERVICE_HOST|SERVICE_PORT(?:_\w+)?|PORT_\d+_(?:TCP|UDP|SCTP)(?:_\w+)?)$/;

/** One sentence for each. */
export function warnOfUnknownVariables(environment: Environment = process.env): readonly string[] {
  const known = new Set([
    CONFIG_VARIABLE,
    ...SETTING_NAMES.flatMap((name) =>
      'secret' in SETTINGS[name] ? [variableOf(name), `${variableOf(name)}_FILE`] : [variableOf(name)],
    ),
  ]);
  return Object.keys(environment)
    .filter((name) => name.startsWith(PREFIX) && !known.has(name) && !OF_KUBERNETES.test(name))
    .map((name) => {
      const key = name.slice(PREFIX.length).toLowerCase().replaceAll('_', '-');
      const suggestion = suggestSetting(key, variableOf);
      return `${name} is set, but there is no such setting.${suggestion === undefined ? '' : ` ${suggestion}`}`;
    });
}
