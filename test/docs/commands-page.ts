// docs/commands.md, from the table of commands.
import { ALL_COMMANDS } from '../../src/cli/commands/all-commands.ts';
import type { Command } from '../../src/cli/commands/command.ts';
import { SETTINGS, SETTING_NAMES, flagOf, variableOf } from '../../src/settings/settings.ts';
import { page, table } from './markdown.ts';

export function commandsPage(): string {
  const blocks = Object.entries(ALL_COMMANDS).flatMap(([name, row]) => {
    if (!('commands' in row)) return commandBlocks('##', name, row);
    const heading = [`## ${name}`, row.help];
    if (row.defaultCommand !== undefined)
      heading.push(`\`fleetfeed ${name}\` alone is \`fleetfeed ${name} ${row.defaultCommand}\`.`);
    const ofGroup = Object.entries(row.commands);
    return [
      ...heading,
      ...ofGroup.flatMap(([each, command]) => commandBlocks('###', `${name} ${each}`, command)),
    ];
  });
  return page(
    'Commands',
    'From a checkout each is typed as `npm run fleetfeed -- <command>`. A command ends with 0; with 1 where it could not do ' +
      'its work; with 2 where the line was not understood, and then names what comes nearest. `fleetfeed help <command>` ' +
      'shows the flags of a command with a sentence each, `fleetfeed --version` the version. Flags that are settings are ' +
      'explained in [settings.md](settings.md).',
    ...blocks,
  );
}

function commandBlocks(level: '##' | '###', name: string, command: Command): readonly string[] {
  const { help, example, operands = {}, options = {}, switches = {}, settings } = command;
  const words = Object.keys(operands).map((each) => ` <${each}>`);
  const flags = [
    ...Object.entries(operands).map(([each, operand]) => [`\`<${each}>\``, operand.help]),
    ...Object.entries(options).map(([each, option]) => [
      `\`${flagOf(each)} <${option.valueName}>\`${option.isRequired ? ', required' : ''}`,
      withDefault(option.help, option.default),
    ]),
    ...Object.entries(switches).map(([each, sentence]) => [`\`${flagOf(each)}\``, sentence]),
  ];
  const used = SETTING_NAMES.filter((each) => settings.includes(each)).map((each) =>
    'secret' in SETTINGS[each] ? `\`${variableOf(each)}\`` : `\`${flagOf(each)}\``,
  );
  return [
    `${level} ${name}`,
    help,
    `\`\`\`\n${example ?? `fleetfeed ${name}${words.join('')}`}\n\`\`\``,
    ...(flags.length > 0 ? [table(['takes', 'which is'], flags)] : []),
    ...(used.length > 0 ? [`Settings: ${used.join(', ')}.`] : []),
  ];
}

function withDefault(help: string, standard: unknown): string {
  const isShown = typeof standard === 'number' || (typeof standard === 'string' && standard !== '');
  return isShown ? `${help} Default: ${standard}.` : help;
}
