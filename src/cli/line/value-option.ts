// A flag with a value, made from the row of a table: a setting, or an option of one command.
import { InvalidArgumentError, Option } from 'commander';
import { flagOf } from '../../settings/settings.ts';
import type { Setting } from '../../settings/setting.ts';

export class ValueOption extends Option {
  /** What the value looks like, as it ends `… must be`. */
  readonly expects: string;

  constructor(name: string, setting: Setting<unknown>) {
    super(`${flagOf(name)} <${setting.valueName}>`, `${setting.help}${defaultText(setting.default)}`);
    this.expects = setting.expects;
    // To the parser --no-proxy is the opposite of --proxy, and takes no value.
    this.negate = false;
    this.argParser((value: string) => {
      // A flag that follows a flag: the value was forgotten.
      if (value.startsWith('--')) throw new InvalidArgumentError('');
      return value;
    });
  }
}

function defaultText(value: unknown): string {
  if (Array.isArray(value)) return defaultText(value.join(','));
  return typeof value === 'number' || (typeof value === 'string' && value !== '')
    ? ` Default: ${value}.`
    : '';
}
