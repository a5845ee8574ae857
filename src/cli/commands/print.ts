// `print`: what the program knows, without starting anything.
import { deriveExposedModel } from '../../../schema/derive/exposed-model.ts';
import { deriveCsdlXml } from '../../../schema/derive/csdl-xml.ts';
import { MODEL } from '../../../schema/fleetfeed-model.ts';
import { FeedError } from '../../base/feed-error.ts';
import { describeSettings } from '../../settings/describe-settings.ts';
import { SETTINGS, type SettingName, type Settings } from '../../settings/settings.ts';
import type { Command } from './command.ts';
import { limitsTable } from '../text/limits-table.ts';
import { rolesOf } from '../wiring/roles-of.ts';
import { rolesTable } from '../text/roles-table.ts';
import { print } from '../process/terminal.ts';

const NAMES = Object.keys(SETTINGS) as SettingName[];

const PRINTERS: Readonly<Record<string, (settings: Settings) => string>> = {
  settings: (settings) => describeSettings(settings, NAMES),
  metadata: () => deriveCsdlXml(MODEL.namespace, deriveExposedModel(MODEL, 'v1.0')),
  'metadata-beta': () => deriveCsdlXml(MODEL.namespace, deriveExposedModel(MODEL, 'beta')),
  collections: () =>
    [...MODEL.entities.values()].map(({ name, description }) => `${name}\n    ${description}`).join('\n'),
  limits: limitsTable,
  roles: (settings) => rolesTable(MODEL, rolesOf(settings)),
};

export const printCommand: Command = {
  operands: [Object.keys(PRINTERS).join('|')],
  help: 'Prints the settings and their values, $metadata, what collections there are, the limits of a request, or what each role sees.',
  settings: NAMES,
  run: (settings, [what = 'settings']) => {
    const printer = Object.hasOwn(PRINTERS, what) ? PRINTERS[what] : undefined;
    if (printer) {
      print(printer(settings));
      return;
    }
    throw new FeedError('setup.bad-setting', `There is no '${what}' to print.`, {
      hint: `There is ${Object.keys(PRINTERS).join(', ')}.`,
    });
  },
};
