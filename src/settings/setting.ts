// What a setting is, and the few kinds of value that settings and the options of commands have.
import { isIP } from 'node:net';
import { parseDay, type DateKey } from '../base/date-key.ts';
import { parseRetention } from '../base/retention.ts';

export interface Setting<Value> {
  readonly default: Value;
  /** One sentence for `help`, `print settings` and the documentation. */
  readonly help: string;
  /** What its value looks like, as it ends `… must be`. */
  readonly expects: string;
  /** What `help` shows in the place of the value: `path` for `--data <path>`. */
  readonly valueName: string;
  /** What its value is in a settings file. */
  readonly json: 'string' | 'number' | 'string or number' | 'array of strings';
  /** Undefined when the text is not what the setting expects. An array of a settings file comes joined by commas. */
  readonly parse: (text: string) => Value | undefined;
  /** A file or folder: relative to where the user stands. */
  readonly isPath?: true;
  /** Comes from the environment or a file of its own, never from the command line, and is never printed. */
  readonly secret?: true;
  /** Variables that other programs share; looked at after our own. */
  readonly sharedVariables?: readonly string[];
}

export function text(defaultValue: string, help: string): Setting<string> {
  return {
    default: defaultValue,
    help,
    expects: 'a text',
    valueName: 'text',
    json: 'string',
    parse: (written) => written || undefined,
  };
}

export function optionalText(help: string): Setting<string | null> {
  return { ...text('', help), default: null };
}

export function path(defaultValue: string, help: string): Setting<string> {
  const parse = (written: string): string | undefined => (isPossiblePath(written) ? written : undefined);
  return { ...text(defaultValue, help), expects: 'a path', valueName: 'path', isPath: true, parse };
}

/** False for what no file system takes: Linux allows 4,096 bytes in all and 255 between two slashes. */
export function isPossiblePath(written: string): boolean {
  return (
    written !== '' &&
    written.length <= 4096 &&
    !written.includes('\u0000') &&
    written.split(/[/\\]/).every((part) => part.length <= 255)
  );
}

export function optionalPath(help: string): Setting<string | null> {
  return { ...path('', help), default: null };
}

export function secret(help: string): Setting<string | null> {
  return { ...optionalText(help), secret: true };
}

/** Texts, separated by commas. */
export function list(help: string): Setting<readonly string[]> {
  return { ...items('texts', splitList, help), default: [] };
}

/** Values separated by commas; an array in a settings file. `what` names them in the plural. */
function items(
  what: string,
  parse: Setting<readonly string[]>['parse'],
  help: string,
): Omit<Setting<readonly string[]>, 'default'> {
  return {
    help,
    expects: `${what}, separated by commas`,
    valueName: 'list',
    json: 'array of strings',
    parse,
  };
}

function splitList(written: string): readonly string[] {
  return written
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '');
}

export function wholeNumber(defaultValue: number, from: number, to: number, help: string): Setting<number> {
  const parse = (written: string): number | undefined => {
    const value = /^\d{1,10}$/.test(written) ? Number(written) : NaN;
    return value >= from && value <= to ? value : undefined;
  };
  const expects = `a whole number from ${from} to ${to}`;
  return { default: defaultValue, help, expects, valueName: 'number', json: 'number', parse };
}

export function optionalWholeNumber(from: number, to: number, help: string): Setting<number | null> {
  return { ...wholeNumber(0, from, to, help), default: null };
}

// Longer ones would leave `help` no room for its sentences.
const MAX_VALUE_NAME = 15;

/** The first choice is the default. */
export function choice<const Choice extends string>(
  choices: readonly [Choice, ...Choice[]],
  help: string,
): Setting<Choice> {
  const all = choices.join('|');
  return {
    default: choices[0],
    help,
    expects: choices.map((each) => `'${each}'`).join(' or '),
    valueName: all.length > MAX_VALUE_NAME ? 'choice' : all,
    json: 'string',
    parse: (written) => choices.find((each) => each === written),
  };
}

/** Rules of retention, separated by commas. */
export function retention(help: string): Setting<readonly string[]> {
  const parse = (written: string): readonly string[] | undefined => {
    const rules = written.split(',').map((each) => each.trim());
    return parseRetention(rules) === null ? undefined : rules;
  };
  const expects = "'forever', 'vendor', days like 400d, or these for one collection like things=400d";
  return { ...items('rules', parse, help), default: ['forever'], expects };
}

export function optionalDay(help: string): Setting<DateKey | null> {
  const parse = (written: string): DateKey | undefined => parseDay(written) ?? undefined;
  return {
    default: null,
    help,
    expects: 'a day like 2026-11-20',
    valueName: 'yyyy-mm-dd',
    json: 'string',
    parse,
  };
}

/** An http(s) address without query and fragment; without a slash at the end once it is read. */
export function httpUrl<Default extends string | null>(
  defaultValue: Default,
  help: string,
): Setting<string | Default> {
  const parse = (written: string): string | undefined => {
    const url = URL.canParse(written) ? new URL(written) : null;
    if (!url || !/^https?:$/.test(url.protocol) || url.search || url.hash || url.username) return undefined;
    return url.href.replace(/\/+$/, '');
  };
  return {
    default: defaultValue,
    help,
    expects: 'an address like https://fleet.example/warehouse',
    valueName: 'address',
    json: 'string',
    parse,
  };
}

/** Origins of web pages, separated by commas. */
export function origins(help: string): Setting<readonly string[]> {
  const parse = (written: string): readonly string[] | undefined => {
    const all = splitList(written.toLowerCase());
    return all.every((each) => URL.canParse(each) && new URL(each).origin === each) ? all : undefined;
  };
  return { ...items('origins like https://tool.example', parse, help), default: [] };
}

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** `system`, or the client id of an identity that was assigned by hand. */
export function managedIdentity(help: string): Setting<string | null> {
  const parse = (written: string): string | undefined =>
    written === 'system' || GUID.test(written) ? written : undefined;
  return { ...optionalText(help), expects: "'system' or the client ID of an identity", parse };
}

/** The proxy on the way out: its address, which may hold a user and a password. */
export function outboundProxy(help: string, ...sharedVariables: readonly string[]): Setting<string | null> {
  const parse = (written: string): string | undefined =>
    URL.canParse(written) && /^https?:$/.test(new URL(written).protocol) ? written : undefined;
  return { ...secret(help), expects: 'an address like http://proxy.example:3128', parse, sharedVariables };
}

/** Host names and addresses, separated by commas or blanks; a name that begins with a dot means all below it. */
export function hosts(help: string, ...sharedVariables: readonly string[]): Setting<string> {
  return { ...text('', help), sharedVariables };
}

/** Names separated by commas. An empty one stays, so that whoever looks the names up can refuse it. */
export function names(help: string): Setting<readonly string[]> {
  const parse = (written: string): readonly string[] => written.split(',').map((each) => each.trim());
  return { ...items('names', parse, help), default: [] };
}

const PROXY_GROUPS: readonly string[] = ['loopback', 'linklocal', 'uniquelocal'];

/** Addresses and subnets as Express reads `trust proxy`, separated by commas. */
export function proxies(help: string): Setting<readonly string[]> {
  const parse = (written: string): readonly string[] | undefined => {
    const all = splitList(written);
    return all.every((each) => PROXY_GROUPS.includes(each) || isSubnet(each)) ? all : undefined;
  };
  const groups = PROXY_GROUPS.map((each) => `'${each}'`).join(', ');
  const expects = `IP addresses, subnets like 10.0.0.0/8, or ${groups}`;
  return { ...items('addresses', parse, help), default: [], expects };
}

function isSubnet(written: string): boolean {
  const [address = '', bits, ...more] = written.split('/');
  const longest = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
  if (bits === undefined) return longest > 0;
  return more.length === 0 && /^\d{1,3}$/.test(bits) && Number(bits) > 0 && Number(bits) <= longest;
}
