// Every command, in the order in which `help` lists them.
import { backup } from './backup.ts';
import type { Command, CommandGroup } from './command.ts';
import { demo } from './demo.ts';
import { doctor } from './doctor.ts';
import { exportCommand } from './export.ts';
import { importCommand } from './import.ts';
import { keyCommands } from './keys.ts';
import { printCommands } from './print.ts';
import { query } from './query.ts';
import { restore } from './restore.ts';
import { rollback } from './rollback.ts';
import { serve } from './serve.ts';
import { snapshot } from './snapshot.ts';
import { status } from './status.ts';
import { subjectCommands } from './subject.ts';
import { verify } from './verify.ts';

export const ALL_COMMANDS: Readonly<Record<string, Command | CommandGroup>> = {
  demo,
  serve,
  snapshot,
  status,
  doctor,
  rollback,
  subject: subjectCommands,
  verify,
  backup,
  restore,
  export: exportCommand,
  import: importCommand,
  query,
  keys: keyCommands,
  print: printCommands,
};
