// What was typed and means nothing here, in one sentence with the nearest thing that does.
import type { CommanderError, Command as ParsedCommand } from 'commander';
import { didYouMean } from '../../base/did-you-mean.ts';
import { SETTINGS, SETTING_NAMES, flagOf, variableOf } from '../../settings/settings.ts';
import { ValueOption } from './value-option.ts';

/** Ends the program with 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** What the parser throws, in our words; the end of `--help`, which is no error, as it is. */
export function usageErrorOf(error: CommanderError, command: ParsedCommand): Error {
  const [, quoted = ''] = /'(.*)'/s.exec(error.message) ?? [];
  const [flag = ''] = /^--[^\s=]+/.exec(quoted) ?? [];
  switch (error.code) {
    case 'commander.unknownOption':
      // Without what follows `=`: it may be a secret.
      return unknownFlag(flag || quoted, command);
    case 'commander.excessArguments':
      return unexpectedWord(command);
    case 'commander.missingArgument':
      return missingOperand(quoted, command);
    case 'commander.missingMandatoryOptionValue':
      return usageError(`'${wordsOf(command)}' needs ${quoted}.`, command);
    case 'commander.optionMissingArgument':
    case 'commander.invalidArgument':
      return missingValue(flag, command);
    default:
      return error;
  }
}

/** The sentence, what was probably meant, and where the rest is found. */
export function usageError(sentence: string, command: ParsedCommand, suggestion?: string): UsageError {
  const help = `'${['fleetfeed', 'help', ...namesOf(command)].join(' ')}' shows what there is.`;
  return new UsageError([sentence, suggestion, help].filter((each) => each !== undefined).join(' '));
}

/** A flag that the command does not declare. */
export function unknownFlag(flag: string, command: ParsedCommand): UsageError {
  const [first = '-'] = command.args;
  // A mistyped command: its flags cannot be known.
  if (command.commands.length > 0 && !first.startsWith('-')) return unknownCommand(first, command);
  const setting = SETTING_NAMES.find((name) => flagOf(name) === flag);
  if (setting === undefined) {
    const flags = [...command.options.flatMap(({ long }) => long ?? []), '--help'];
    // Only a flag without a value is unknown to the parser and declared: `--accept=yes`.
    if (flags.includes(flag)) return usageError(`${flag} takes no value.`, command);
    // One letter is near to every other one: only its case may differ.
    const letter = [...command.options.flatMap(({ short }) => short ?? []), '-h'].find(
      (each) => each === flag.toLowerCase(),
    );
    const suggestion = didYouMean(letter ? [letter] : flags, flag);
    return usageError(`'${wordsOf(command)}' has no flag '${flag}'.`, command, suggestion);
  }
  if ('secret' in SETTINGS[setting]) {
    const variable = variableOf(setting);
    const sentence = `${flag} would show a secret to everyone on this machine: set ${variable} or ${variable}_FILE.`;
    return usageError(sentence, command);
  }
  if (command.parent === null) return usageError(`${flag} has to follow a command.`, command);
  return usageError(`'${wordsOf(command)}' has no flag '${flag}'.`, command);
}

function unexpectedWord(command: ParsedCommand): UsageError {
  const [first = ''] = command.args.slice(command.registeredArguments.length);
  if (command.commands.length > 0) return unknownCommand(first, command);
  return usageError(`'${first}' is not expected after '${wordsOf(command)}'.`, command);
}

export function unknownCommand(written: string, group: ParsedCommand): UsageError {
  const wordsWith = (name: string): string => [...namesOf(group), name].join(' ');
  const names = group.commands.map((command) => wordsWith(command.name()));
  const flag = group.options.find(({ long }) => long === `--${written}`)?.long;
  const suggestion = didYouMean(flag ? [flag] : names, flag ?? wordsWith(written));
  return usageError(`There is no command '${wordsWith(written)}'.`, group, suggestion);
}

export function missingOperand(name: string, command: ParsedCommand): UsageError {
  const help = command.registeredArguments.find((each) => each.name() === name)?.description ?? '';
  return usageError(`'${wordsOf(command)}' needs <${name}>: ${help}`, command);
}

function missingValue(flag: string, command: ParsedCommand): UsageError {
  const option = command.options.find(({ long }) => long === flag);
  const expects = option instanceof ValueOption ? option.expects : 'a value';
  return usageError(`${flag} must be ${expects}, but nothing follows it.`, command);
}

/** `keys add`; `fleetfeed` for the program itself. */
function wordsOf(command: ParsedCommand): string {
  return namesOf(command).join(' ') || command.name();
}

function namesOf(command: ParsedCommand): readonly string[] {
  return command.parent ? [...namesOf(command.parent), command.name()] : [];
}
