// `help`: what can be typed, read from the table of commands and the table of settings.
import { SETTINGS, flagOf, variableOf, type SettingName } from '../../settings/settings.ts';
import type { Command } from '../commands/command.ts';

export function helpText(commands: Readonly<Record<string, Command>>): string {
  const commandLines = Object.entries(commands).map(([name, command]) =>
    helpLine(usage(name, command), command.help),
  );
  return [
    'fleetfeed: your own Intune data warehouse, served as an OData feed.',
    '',
    'fleetfeed <command> [--setting value …]',
    '',
    ...commandLines,
    '',
    'fleetfeed help <command> lists the settings of a command.',
  ].join('\n');
}

export function commandHelp(name: string, command: Command): string {
  const switches = Object.entries(command.switches ?? {}).map(([each, help]) => flagLine(`--${each}`, help));
  const settings = command.settings.map(settingLine);
  return [`fleetfeed ${usage(name, command)}`, command.help, '', ...switches, ...settings].join('\n');
}

function usage(name: string, { operands }: Command): string {
  return operands ? `${name} ${operands.join(' ')}` : name;
}

/** What is too long for its column has a line of its own. */
function helpLine(typed: string, help: string): string {
  const [width, indent] = [28, '  '];
  return typed.length <= width
    ? `${indent}${typed.padEnd(width)} ${help}`
    : `${indent}${typed}\n${indent}${' '.repeat(width)} ${help}`;
}

function settingLine(name: SettingName): string {
  const setting = SETTINGS[name];
  const place = 'secret' in setting ? `${variableOf(name)}[_FILE]` : flagOf(name);
  return flagLine(place, setting.help);
}

function flagLine(flag: string, help: string): string {
  return `  ${flag.padEnd(20)} ${help}`;
}
