#!/usr/bin/env node
// The program: runs the command line, and ends with 0, 1 (it could not) or 2 (it was not understood).
import { CommanderError } from 'commander';
import { FeedError } from '../base/feed-error.ts';
import { ALL_COMMANDS } from './commands/all-commands.ts';
import { buildProgram } from './line/build-program.ts';
import { UsageError } from './line/usage-error.ts';
import { say, watchOutputs } from './process/terminal.ts';
import { systemErrorMessage } from './text/system-error-message.ts';

watchOutputs((error) => {
  process.exitCode = exitCodeFor(error);
});
try {
  await buildProgram(ALL_COMMANDS).parseAsync(process.argv.slice(2), { from: 'user' });
} catch (error) {
  process.exitCode = exitCodeFor(error);
}

function exitCodeFor(error: unknown): number {
  // The end of --help.
  if (error instanceof CommanderError) return error.exitCode;
  if (error instanceof UsageError) {
    say(error.message);
    return 2;
  }
  const systemMessage = systemErrorMessage(error);
  if (systemMessage !== null) {
    say(systemMessage);
    return 1;
  }
  if (!(error instanceof FeedError)) throw error;
  say(error.hint === undefined ? error.message : `${error.message} ${error.hint}`);
  return 1;
}
