// What a command of the command line is: a row of the table that parsing and `help` are made from.
import type { ResolvedSettings } from '../../settings/read-settings.ts';
import { path, type Setting } from '../../settings/setting.ts';
import type { SettingName, Settings } from '../../settings/settings.ts';

/** What follows the name of a command in its place. */
export interface Operand {
  /** What it is, as it ends `… needs`. */
  readonly help: string;
  /** A file or folder: relative to where the user stands. */
  readonly isPath?: true;
}

/** A flag of one command; what it is about is no business of a deployment's settings. */
export interface CommandOption<Value> extends Setting<Value> {
  readonly isRequired?: true;
}

export interface Command {
  /** One sentence for `help`. */
  readonly help: string;
  /** A line that works. */
  readonly example?: string;
  /** The settings it uses: flags, too, and read from environment and settings file. */
  readonly settings: readonly SettingName[];
  /** By the names under which `run` gets them, in their order. All are needed. */
  readonly operands?: Readonly<Record<string, Operand>>;
  /** By the names under which `run` gets them: `keyRole` for `--key-role`. */
  readonly options?: Readonly<Record<string, CommandOption<unknown>>>;
  /** Flags without a value → one sentence for `help`. */
  readonly switches?: Readonly<Record<string, string>>;
  /** Returns when its work is done: for a server, after the shutdown signal. */
  run(
    settings: Settings,
    input: Readonly<Record<string, unknown>>,
    resolved: ResolvedSettings,
  ): Promise<void> | void;
}

/** Commands that share their first word. */
export interface CommandGroup {
  readonly help: string;
  readonly commands: Readonly<Record<string, Command>>;
  /** The one that is meant where none is named. */
  readonly defaultCommand?: string;
}

type InputOf<Operands, Options, Switches> = { readonly [Name in keyof Operands]: string } & {
  readonly [Name in keyof Options]: Options[Name] extends CommandOption<infer Value> ? Value : never;
} & { readonly [Name in keyof Switches]: boolean };

// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- what a command does not declare has no members
type None = {};

/** A command whose `run` is given just the settings and the input that it declares. */
export function defineCommand<
  const Names extends readonly SettingName[],
  Operands extends Readonly<Record<string, Operand>> = None,
  Options extends Readonly<Record<string, CommandOption<unknown>>> = None,
  Switches extends Readonly<Record<string, string>> = None,
>(
  command: Omit<Command, 'run'> & {
    readonly settings: Names;
    readonly operands?: Operands;
    readonly options?: Options;
    readonly switches?: Switches;
    run(
      settings: Pick<Settings, Names[number]>,
      input: InputOf<Operands, Options, Switches>,
      resolved: ResolvedSettings,
    ): Promise<void> | void;
  },
): Command {
  return command;
}

/** A path that has to be given. */
export function requiredPath(help: string): CommandOption<string> {
  return { ...path('', help), isRequired: true };
}
