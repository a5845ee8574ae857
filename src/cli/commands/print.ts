// `print`: what the program can say without starting anything.
import { deriveCsdlXml } from '../../../schema/derive/csdl-xml.ts';
import { deriveExposedModel } from '../../../schema/derive/exposed-model.ts';
import { MODEL } from '../../../schema/fleetfeed-model.ts';
import { describeSettings } from '../../settings/describe-settings.ts';
import { SETTING_NAMES } from '../../settings/settings.ts';
import { print } from '../process/terminal.ts';
import { limitsTable } from '../text/limits-table.ts';
import { rolesTable } from '../text/roles-table.ts';
import { rolesOf } from '../wiring/roles-of.ts';
import { defineCommand, type Command, type CommandGroup } from './command.ts';

const settings = defineCommand({
  help: 'Every setting: what it is for, its value, and where the value comes from.',
  settings: SETTING_NAMES,
  run: (_settings, _input, resolved) => print(describeSettings(resolved)),
});

const roles = defineCommand({
  help: 'What each role sees.',
  settings: ['roles'],
  run: (settings) => print(rolesTable(MODEL, rolesOf(settings))),
});

function metadata(version: 'v1.0' | 'beta'): Command {
  return defineCommand({
    help: `$metadata of ${version}, as the feed serves it to a reader who may see everything.`,
    settings: [],
    run: () => print(deriveCsdlXml(MODEL.namespace, deriveExposedModel(MODEL, version))),
  });
}

const collections = defineCommand({
  help: 'The collections, each with its description.',
  settings: [],
  run: () => {
    const entries = [...MODEL.entities.values()].map(
      ({ name, description }) => `${name}\n    ${description}`,
    );
    print(entries.join('\n'));
  },
});

const limits = defineCommand({
  help: 'The limits of a request.',
  settings: [],
  run: () => print(limitsTable()),
});

export const printCommands: CommandGroup = {
  help: 'Prints settings, $metadata, collections, limits or roles.',
  defaultCommand: 'settings',
  commands: {
    settings,
    metadata: metadata('v1.0'),
    'metadata-beta': metadata('beta'),
    collections,
    limits,
    roles,
  },
};
