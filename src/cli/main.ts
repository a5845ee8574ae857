#!/usr/bin/env node
// The command line: finds the command, reads its settings, and ends with 0, 1 (it could not) or 2 (it was not understood).
import { FeedError } from '../base/feed-error.ts';
import { nearestName } from '../base/nearest-name.ts';
import { readSettings } from '../settings/read-settings.ts';
import type { Settings } from '../settings/settings.ts';
import { backup } from './backup.ts';
import type { Command } from './command.ts';
import { demo } from './demo.ts';
import { doctor } from './doctor.ts';
import { exportCommand } from './export.ts';
import { commandHelp, helpText } from './help.ts';
import { importCommand } from './import.ts';
import { keys } from './keys.ts';
import { machineTrouble } from './machine-trouble.ts';
import { printCommand } from './print.ts';
import { query } from './query.ts';
import { restore } from './restore.ts';
import { rollback } from './rollback.ts';
import { serve } from './serve.ts';
import { snapshot } from './snapshot.ts';
import { status } from './status.ts';
import { subject } from './subject.ts';
import { print, say } from './terminal.ts';
import { verify } from './verify.ts';

const help: Command = {
  help: 'Shows this, or the settings of a command.',
  settings: [],
  run: (_settings, [name]) => print(name === undefined ? helpText(COMMANDS) : commandHelp(name, find(name))),
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

function find(name: string): Command {
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command) return command;
  const nearest = nearestName(Object.keys(COMMANDS), name);
  throw new UsageError(
    `There is no command '${name}'.${nearest === null ? '' : ` Did you mean '${nearest}'?`}`,
  );
}

async function main([name = 'help', ...words]: readonly string[]): Promise<void> {
  const wantsHelp = name === '--help' || name === '-h';
  const command = wantsHelp ? help : find(name);
  if (words.includes('--help') || words.includes('-h')) {
    print(commandHelp(name, command));
    return;
  }
  const offered = Object.keys(command.switches ?? {});
  const switches = new Set(offered.filter((each) => words.includes(`--${each}`)));
  const rest = words.filter((word) => !(word.startsWith('--') && switches.has(word.slice(2))));
  const firstFlag = rest.findIndex((word) => word.startsWith('-'));
  const operands = firstFlag < 0 ? rest : rest.slice(0, firstFlag);
  const most = command === help ? 1 : (command.operands?.length ?? 0);
  if (operands.length > most)
    throw new UsageError(`'${operands[most] ?? ''}' is not expected after '${name}'.`);
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
  process.exitCode = fail(error);
}

function fail(error: unknown): number {
  if (error instanceof UsageError) {
    say(`${error.message} 'fleetfeed help' shows what there is.`);
    return 2;
  }
  const trouble = machineTrouble(error);
  if (trouble !== null) {
    say(trouble);
    return 1;
  }
  if (!(error instanceof FeedError)) throw error;
  say(error.hint === undefined ? error.message : `${error.message} ${error.hint}`);
  return 1;
}
