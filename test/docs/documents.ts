// The documents in docs/ that are derived from the code: `npm run docs` writes them, and a test compares.
import { MODEL } from '../../schema/fleetfeed-model.ts';
import type { Entity, Lifetime, Property } from '../../schema/entity.ts';
import { ERROR_CODES, type ErrorCode } from '../../src/base/error-codes.ts';
import { limitsTable } from '../../src/cli/text/limits-table.ts';
import { HTTP_STATUS } from '../../src/http/answer-failure.ts';
import { SETTINGS, SETTING_NAMES, flagOf, variableOf, type SettingName } from '../../src/settings/settings.ts';
import { commandsPage } from './commands-page.ts';
import { page, table } from './markdown.ts';

/** Path in the repository → the text that belongs there. */
export const DOCUMENTS: Readonly<Record<string, () => string>> = {
  'docs/settings.md': settingsPage,
  'docs/commands.md': commandsPage,
  'docs/errors.md': errorsPage,
  'docs/limits.md': limitsPage,
  'docs/collections.md': collectionsPage,
};

/** SETTINGS is in this order: the first setting of each group → the heading above it. */
const SETTING_GROUPS: Readonly<Partial<Record<SettingName, string>>> = {
  host: 'The server',
  anonymous: 'Who may read',
  tlsCert: 'TLS and web pages of others',
  budgetSeconds: 'What one caller may use',
  pageRows: 'Pages, threads and generations',
  retention: 'What is kept, and what a run may change',
  privacy: 'People’s data',
  mostAppsAsked: 'What a run asks Microsoft Graph for, and when',
  tenantId: 'The tenant and the way to it',
  logFormat: 'The log',
};

function settingsPage(): string {
  const blocks: string[] = [];
  let rows: string[][] = [];
  const heads = ['setting', 'default', 'expects', 'what it is for'];
  const finishGroup = (): void => {
    if (rows.length > 0) blocks.push(table(heads, rows));
    rows = [];
  };
  for (const name of SETTING_NAMES) {
    const heading = SETTING_GROUPS[name];
    if (heading !== undefined) {
      finishGroup();
      blocks.push(`## ${heading}`);
    }
    rows.push(settingRow(name));
  }
  finishGroup();
  return page(
    'Settings',
    'Each setting is a flag, an environment variable and a key of the settings file, which `--config` or `FLEETFEED_CONFIG` ' +
      'names. A flag wins over the variable, the variable over the file, the file over the default. `fleetfeed print ' +
      'settings` shows each value and where it comes from, and `fleetfeed help <command>` the settings of a command.',
    'The settings file is one JSON object. Its keys are the flags without their dashes, its lists are arrays:',
    '```json\n{ "data": "/srv/fleetfeed", "page-rows": 1000, "audiences": ["api://fleet.example"] }\n```',
    'A key that is no setting is an error. A variable `FLEETFEED_…` that is no setting is a warning, since other programs set ' +
      'such names, too: Kubernetes does for a service named fleetfeed.',
    'Secrets have no flag, since other accounts of a machine can see the arguments of a process, and no key of the settings ' +
      'file. They come from the variable, or from a file that the variable with `_FILE` at its end names. It has to be a ' +
      'regular file: a pipe, such as `<(…)` of a shell, is refused.',
    'Relative paths are relative to the folder in which the command is typed; with `npm start` and `npm run`, too. What only one ' +
      'command takes, such as `export --to`, is a flag of that command and no setting.',
    ...blocks,
  );
}

function settingRow(name: SettingName): string[] {
  const { default: standard, expects, help } = SETTINGS[name];
  const places =
    'secret' in SETTINGS[name]
      ? [variableOf(name), `${variableOf(name)}_FILE`]
      : [flagOf(name), variableOf(name)];
  const isUnset = standard === null || standard === '' || (Array.isArray(standard) && standard.length === 0);
  const shown = isUnset ? 'not set' : `\`${String(standard)}\``;
  return [places.map((each) => `\`${each}\``).join('<br>'), shown, expects, help];
}

/** Group of codes → its heading, and what a reader can do. */
const ERROR_GROUPS: Readonly<Record<string, readonly [heading: string, remedy: string]>> = {
  request: ['The request', 'Change the address, a header or the body. The same request fails again.'],
  auth: ['Credentials', 'Sign in, or ask for the rights.'],
  limit: ['Limits', 'Ask for less, or later. [limits.md](limits.md) lists how much one request may ask.'],
  feed: ['The feed', 'Try again later; if it lasts, ask whoever runs the feed.'],
  setup: ['Setup', 'For whoever runs the feed: change a setting. [settings.md](settings.md) lists them.'],
  defect: ['Defects', 'Tell whoever runs the feed, with the `request-id` of the answer.'],
};

function errorsPage(): string {
  const groupOf = (code: string): string => code.split('.')[0] ?? '';
  const codes = Object.keys(ERROR_CODES) as ErrorCode[];
  const groups = Map.groupBy(codes, groupOf);
  const blocks = [...groups].flatMap(([group, ofGroup]) => {
    const [heading, remedy] = ERROR_GROUPS[group] ?? [group, ''];
    const rows = ofGroup.map((code) => [`\`${code}\``, String(HTTP_STATUS[code]), ERROR_CODES[code]]);
    return [`## ${heading}`, remedy, table(['code', 'HTTP', 'what it means'], rows)];
  });
  return page(
    'Errors',
    'An error is answered in the form that OData prescribes: `error.code` is one of the codes below, `error.message` one or ' +
      'two sentences that quote what is wrong and say what would be right, `error.target` what it is about. Codes stay the ' +
      'same from release to release; sentences may improve. On the command line the same sentences are printed.',
    ...blocks,
  );
}

function limitsPage(): string {
  return page(
    'Limits',
    'How much one request may ask, so that room is left for others. Most limits refuse with an error of the group `limit.*`, ' +
      'whose message names the limit, its value and what would be allowed. Those of a page refuse nothing: the page ends and ' +
      'links to the next, and no row is lost. `fleetfeed print limits` prints the same table.',
    limitsTable(),
  );
}

const LIFETIMES: Readonly<Record<Lifetime, string>> = {
  current: 'latest state',
  history: 'a row for each state',
  daily: 'a row for each day',
  event: 'counts and events of a day',
};

function collectionsPage(): string {
  const entities = [...MODEL.entities.values()];
  const overview = entities.map((entity) => [
    `[${entity.name}](#${entity.name.toLowerCase()})`,
    versionsOf(entity),
    LIFETIMES[entity.lifetime],
    entity.description,
  ]);
  return page(
    'Collections',
    'Every collection of the feed and its columns, in the order of the service document. The same sentences are in ' +
      '`$metadata`, so that Power BI shows them beside the columns.',
    '*Latest state*: one row for each device, user or policy; what has left stays and is marked. *A row for each state*: ' +
      'rows with a first and a last day. *A row for each day*: what a device was like on each night. *Counts and events*: ' +
      'small facts of one day.',
    table(['collection', 'on', 'keeps', 'a row is'], overview),
    ...entities.flatMap(collectionBlocks),
  );
}

function versionsOf({ beta }: { readonly beta?: true }): string {
  return beta ? 'beta' : 'v1.0, beta';
}

function collectionBlocks(entity: Entity): readonly string[] {
  const { name, description, key, properties, navigations, hiddenByDefault } = entity;
  const columns = Object.entries(properties).map(([each, property]) => [
    `\`${each}\`${property.beta && !entity.beta ? ' (beta)' : ''}`,
    typeOf(property),
    property.description,
  ]);
  const leads = Object.entries(navigations).map(([each, { to }]) => `\`${each}\` → [${to}](#${to.toLowerCase()})`);
  const facts = [
    `On ${versionsOf(entity)}; ${LIFETIMES[entity.lifetime]}; key \`${key.join('`, `')}\`.`,
    ...(hiddenByDefault ? ['Only roles that name it see it.'] : []),
    ...(leads.length > 0 ? [`Leads to ${leads.join(', ')}.`] : []),
  ];
  return [`## ${name}`, description, facts.join(' '), table(['column', 'type', 'what it says'], columns)];
}

function typeOf({ type, nullable }: Property): string {
  return `${type.replace('Edm.', '')}${nullable ? ', may be null' : ''}`;
}
