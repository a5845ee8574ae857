// The table of commands → a parser that reads the line, answers `help` and `--version`, and runs what was meant.
import { Command as ParsedCommand } from 'commander';
import { CONFIG } from '../../settings/read-settings.ts';
import type { Setting } from '../../settings/setting.ts';
import { SETTINGS, SETTING_NAMES, variableOf, type SettingName } from '../../settings/settings.ts';
import type { Command, CommandGroup } from '../commands/command.ts';
import { print } from '../process/terminal.ts';
import { packageVersion } from './package-version.ts';
import { runCommand } from './run-command.ts';
import { unknownCommand, usageError, usageErrorOf } from './usage-error.ts';
import { ValueOption } from './value-option.ts';

export type CommandTable = Readonly<Record<string, Command | CommandGroup>>;

/** Its `parseAsync` throws a UsageError for a line that means nothing, and what the command throws. */
export function buildProgram(table: CommandTable): ParsedCommand {
  const program = new ParsedCommand('fleetfeed')
    .description('Your own Intune data warehouse, served as an OData feed.')
    // Not the version option of the parser, which would drop what follows it.
    .option('-v, --version', 'Prints the version.')
    .helpCommand(false)
    .enablePositionalOptions()
    // Errors are said in our words, by whoever catches them.
    .configureOutput({ outputError: () => undefined });
  configure(program);
  program.hook('preSubcommand', (_program, command) => {
    if (isVersionAsked(program))
      throw usageError(`'${command.name()}' is not expected after --version.`, program);
  });
  program.action(() => {
    if (isVersionAsked(program)) print(packageVersion());
    else program.outputHelp();
  });
  for (const [name, row] of Object.entries(table)) {
    if ('commands' in row) addGroup(program, name, row);
    else addCommand(program, name, row);
  }
  addHelpCommand(program);
  return program.addHelpText('after', PROGRAM_HELP);
}

const PROGRAM_HELP = `
fleetfeed help <command> shows the flags of a command.

What a deployment sets can be a flag (--page-rows 1000), a variable (FLEETFEED_PAGE_ROWS=1000) or a line of a settings
file ("page-rows": 1000), which --config or FLEETFEED_CONFIG names. The flag is taken before the variable, and the
variable before the file. fleetfeed print settings shows every value and where it comes from.`;

function isVersionAsked(program: ParsedCommand): boolean {
  return program.opts<{ readonly version?: true }>().version === true;
}

function configure(command: ParsedCommand): ParsedCommand {
  return command.helpOption('-h, --help', 'Shows this.').exitOverride((error) => {
    throw usageErrorOf(error, command);
  });
}

function addHelpCommand(program: ParsedCommand): void {
  configure(program.command('help'))
    .description('Shows the flags of a command.')
    .argument('[command...]')
    .action((words: readonly string[]) => {
      let command = program;
      for (const word of words) {
        const next = command.commands.find((each) => each.name() === word);
        if (!next) throw unknownCommand(word, command);
        command = next;
      }
      command.outputHelp();
    });
}

function addGroup(
  program: ParsedCommand,
  name: string,
  { help, commands, defaultCommand }: CommandGroup,
): void {
  const group = configure(program.command(name)).description(help);
  for (const [each, command] of Object.entries(commands)) addCommand(group, each, command);
  const meant = defaultCommand === undefined ? undefined : commands[defaultCommand];
  // The flags of the default command may come where its name is left out.
  if (meant) {
    declareFlags(group, meant, 'hidden');
    group.addHelpText('after', `\nWithout a command it is ${name} ${defaultCommand}.`);
  }
  group.action(() => {
    if (meant) return runCommand(meant, group);
    throw usageError(`'${name}' is followed by ${Object.keys(commands).join(' or ')}.`, group);
  });
}

function addCommand(parent: ParsedCommand, name: string, command: Command): void {
  const parsed = configure(parent.command(name)).description(command.help);
  for (const [operand, { help }] of Object.entries(command.operands ?? {})) {
    parsed.argument(`<${operand}>`, help);
  }
  declareFlags(parsed, command, 'shown');
  parsed.usage(usageOf(parsed));
  const isSecret = (each: SettingName): boolean =>
    'secret' in SETTINGS[each] && command.settings.includes(each);
  const secrets = SETTING_NAMES.filter(isSecret).map(secretLine);
  if (secrets.length > 0)
    parsed.addHelpText(
      'after',
      [
        '',
        'Secrets, which are variables only; with _FILE a variable names the file that holds it:',
        ...secrets,
      ].join('\n'),
    );
  if (command.example !== undefined) parsed.addHelpText('after', `\nFor example:\n  ${command.example}`);
  parsed.action(() => runCommand(command, parsed));
}

/** As the parser writes it, with the flags that must be given. */
function usageOf({ options, registeredArguments }: ParsedCommand): string {
  const required = options.filter(({ mandatory }) => mandatory).map(({ flags }) => flags);
  return ['[options]', ...required, ...registeredArguments.map((each) => `<${each.name()}>`)].join(' ');
}

function declareFlags(
  parsed: ParsedCommand,
  { options = {}, switches = {}, settings }: Command,
  visibility: 'shown' | 'hidden',
): void {
  const isHidden = visibility === 'hidden';
  for (const [name, option] of Object.entries(options)) {
    parsed.addOption(
      new ValueOption(name, option).makeOptionMandatory(option.isRequired ?? false).hideHelp(isHidden),
    );
  }
  for (const [name, help] of Object.entries(switches)) {
    parsed.addOption(parsed.createOption(`--${name}`, help).hideHelp(isHidden));
  }
  for (const [name, setting] of flagsOf(settings)) {
    parsed.addOption(new ValueOption(name, setting).helpGroup('Settings:').hideHelp(isHidden));
  }
}

/** Those that a settings file may have, too, and where that is. */
function flagsOf(settings: readonly SettingName[]): readonly (readonly [string, Setting<unknown>])[] {
  if (settings.length === 0) return [];
  const flags = SETTING_NAMES.filter((name) => settings.includes(name) && !('secret' in SETTINGS[name]));
  return [['config', CONFIG], ...flags.map((name) => [name, SETTINGS[name]] as const)];
}

function secretLine(name: SettingName): string {
  return `  ${variableOf(name)}[_FILE]\n      ${SETTINGS[name].help}`;
}
