#!/usr/bin/env node
// The command line: finds the command, reads its settings, and ends with 0, 1 (it could not) or 2 (it was not understood).
import { FeedError } from '../base/feed-error.ts';
import { withSuggestion } from '../base/did-you-mean.ts';
import { readSettings } from '../settings/read-settings.ts';
import type { Settings } from '../settings/settings.ts';
import { backup } from './commands/backup.ts';
import type { Command } from './commands/command.ts';
import { demo } from './commands/demo.ts';
import { doctor } from './commands/doctor.ts';
import { exportCommand } from './commands/export.ts';
import { commandHelp, helpText } from './text/help-text.ts';
import { importCommand } from './commands/import.ts';
import { keys } from './commands/keys.ts';
import { systemErrorMessage } from './text/system-error-message.ts';
import { printCommand } from './commands/print.ts';
import { query } from './commands/query.ts';
import { restore } from './commands/restore.ts';
import { rollback } from './commands/rollback.ts';
import { serve } from './commands/serve.ts';
import { snapshot } from './commands/snapshot.ts';
import { status } from './commands/status.ts';
import { subject } from './commands/subject.ts';
import { print, say } from './process/terminal.ts';
import { verify } from './commands/verify.ts';

const help: Command = {
  help: 'Shows this, or the settings of a command.',
  settings: [],
  run: (_settings, [name]) =>
    print(name === undefined ? helpText(COMMANDS) : commandHelp(name, findCommand(name))),
};

const COMMANDS: Readonly<Record<string, Command>> = {
  demo,
  serve,
  snapshot,
  status,
  doctor,
  rollback,
  subject,
  verify,
  backup,
  restore,
  export: exportCommand,
  import: importCommand,
  query,
  keys,
  print: printCommand,
  help,
};

/** Something typed that means nothing here. */
class UsageError extends Error {}

function findCommand(name: string): Command {
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command) return command;
  throw new UsageError(withSuggestion(`There is no command '${name}'.`, Object.keys(COMMANDS), name));
}

async function main([name = 'help', ...args]: readonly string[]): Promise<void> {
  const wantsHelp = name === '--help' || name === '-h';
  const command = wantsHelp ? help : findCommand(name);
  if (args.includes('--help') || args.includes('-h')) {
    print(commandHelp(name, command));
    return;
  }
  const knownSwitches = Object.keys(command.switches ?? {});
  const switches = new Set(knownSwitches.filter((each) => args.includes(`--${each}`)));
  const rest = args.filter((word) => !(word.startsWith('--') && switches.has(word.slice(2))));
  const firstFlag = rest.findIndex((word) => word.startsWith('-'));
  const operands = firstFlag < 0 ? rest : rest.slice(0, firstFlag);
  const maxOperands = command === help ? 1 : (command.operands?.length ?? 0);
  if (operands.length > maxOperands)
    throw new UsageError(`'${operands[maxOperands] ?? ''}' is not expected after '${name}'.`);
  await command.run(settingsOf(command, rest.slice(operands.length)), operands, switches);
}

function settingsOf({ settings }: Command, flags: readonly string[]): Settings {
  try {
    return readSettings(flags, undefined, settings);
  } catch (error) {
    throw error instanceof FeedError ? new UsageError(error.message) : error;
  }
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  process.exitCode = exitCodeFor(error);
}

function exitCodeFor(error: unknown): number {
  if (error instanceof UsageError) {
    say(`${error.message} 'fleetfeed help' shows what there is.`);
    return 2;
  }
  const trouble = systemErrorMessage(error);
  if (trouble !== null) {
    say(trouble);
    return 1;
  }
  if (!(error instanceof FeedError)) throw error;
  say(error.hint === undefined ? error.message : `${error.message} ${error.hint}`);
  return 1;
}
