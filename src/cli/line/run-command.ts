// A line that was parsed → the settings and the input of its command, which then runs.
import type { Command as ParsedCommand } from 'commander';
import { FeedError } from '../../base/feed-error.ts';
import { readSettings, type ResolvedSettings } from '../../settings/read-settings.ts';
import { warnOfUnreadSecretFiles } from '../../settings/secret-files.ts';
import { isPossiblePath } from '../../settings/setting.ts';
import { SETTING_NAMES, flagOf, type SettingName } from '../../settings/settings.ts';
import { shorten } from '../../settings/shorten.ts';
import { warnOfUnknownVariables } from '../../settings/unknown-variables.ts';
import { resolvePath } from '../../settings/user-folder.ts';
import type { Command, CommandOption, Operand } from '../commands/command.ts';
import { say } from '../process/terminal.ts';
import { checkSettings } from '../wiring/check-settings.ts';
import { UsageError, missingOperand, unknownFlag, usageError } from './usage-error.ts';

/** Throws a UsageError where a value is not what its flag, variable or line of the settings file expects. */
export async function runCommand(command: Command, parsed: ParsedCommand): Promise<void> {
  const values = valuesOf(parsed);
  const input = inputOf(command, parsed, values);
  const resolved = settingsOf(command, parsed, values);
  await command.run(resolved.settings, input, resolved);
}

type Values = Readonly<Record<string, string | true | undefined>>;

/** Those of flags that came before the name of a command of a group are its own, too. */
function valuesOf(parsed: ParsedCommand): Values {
  const inherited: Values = parsed.parent?.opts() ?? {};
  const stray = Object.keys(inherited).find(
    (name) => !parsed.options.some((option) => option.attributeName() === name),
  );
  if (stray !== undefined) throw unknownFlag(flagOf(stray), parsed);
  return { ...inherited, ...parsed.opts<Values>() };
}

function inputOf(command: Command, parsed: ParsedCommand, values: Values): Readonly<Record<string, unknown>> {
  const { operands = {}, options = {}, switches = {} } = command;
  return {
    ...mapEntries(operands, (operand, name, index) =>
      operandValue(name, operand, parsed.args[index], parsed),
    ),
    ...mapEntries(options, (option, name) => optionValue(name, option, values[name], parsed)),
    ...mapEntries(switches, (_help, name) => values[name] === true),
  };
}

/** An empty word, as of a variable of a shell that is not set, counts as none. */
function operandValue(
  name: string,
  { isPath }: Operand,
  written: string | undefined,
  parsed: ParsedCommand,
): string {
  if (written === undefined || written.trim() === '') throw missingOperand(name, parsed);
  if (!isPath) return written;
  if (isPossiblePath(written)) return resolvePath(written);
  throw usageError(`<${name}> must be a path, not '${shorten(written)}'.`, parsed);
}

function optionValue(
  name: string,
  option: CommandOption<unknown>,
  written: string | true | undefined,
  parsed: ParsedCommand,
): unknown {
  if (typeof written !== 'string') return option.default;
  const value = option.parse(written);
  if (value === undefined) {
    throw usageError(`${flagOf(name)} must be ${option.expects}, not '${shorten(written)}'.`, parsed);
  }
  return option.isPath && typeof value === 'string' ? resolvePath(value) : value;
}

function settingsOf({ settings: used }: Command, parsed: ParsedCommand, values: Values): ResolvedSettings {
  if (used.length === 0) return readSettings({ environment: {}, used });
  const flags = new Map<SettingName, string>();
  for (const name of SETTING_NAMES) {
    const value = values[name];
    if (typeof value === 'string') flags.set(name, value);
  }
  for (const warning of [...warnOfUnknownVariables(), ...warnOfUnreadSecretFiles()]) say(warning);
  const config = typeof values['config'] === 'string' ? values['config'] : undefined;
  try {
    const resolved = readSettings({ flags, config, used });
    checkSettings(resolved.settings, used);
    return resolved;
  } catch (error) {
    if (!(error instanceof FeedError)) throw error;
    // Help is about flags; it is no help with a file.
    if (error.target?.startsWith('--')) throw usageError(error.message, parsed, error.hint);
    throw new UsageError([error.message, error.hint].filter((each) => each !== undefined).join(' '));
  }
}

function mapEntries<Value, Result>(
  record: Readonly<Record<string, Value>>,
  map: (value: Value, name: string, index: number) => Result,
): Readonly<Record<string, Result>> {
  return Object.fromEntries(
    Object.entries(record).map(([name, value], index) => [name, map(value, name, index)]),
  );
}
