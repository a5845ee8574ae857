// What a setting is, and the few kinds of value that settings have.
import { isIP } from 'node:net';
import { parseDay, type DateKey } from '../base/date-key.ts';
import { parseRetention } from '../base/retention.ts';

export interface Setting<Value> {
  readonly default: Value;
  /** One sentence for `help`, `print settings` and the documentation. */
  readonly help: string;
  /** What its value looks like, as it ends `… must be`. */
  readonly expects: string;
  /** Undefined when the text is not what the setting expects. */
  readonly parse: (text: string) => Value | undefined;
  /** Comes from the environment or a file, never from the command line, and is never printed. */
  readonly secret?: true;
  /** Variables that other programs share; looked at last. */
  readonly sharedVariables?: readonly string[];
}

export function text(defaultValue: string, help: string): Setting<string> {
  return { default: defaultValue, help, expects: 'a text', parse: (written) => written || undefined };
}

export function optionalText(help: string): Setting<string | null> {
  return { ...text('', help), default: null };
}

export function secret(help: string): Setting<string | null> {
  return { ...optionalText(help), secret: true };
}

/** Texts, separated by commas. */
export function list(help: string): Setting<readonly string[]> {
  const parse = (written: string): readonly string[] =>
    written
      .split(',')
      .map((each) => each.trim())
      .filter((each) => each !== '');
  return { default: [], help, expects: 'texts, separated by commas', parse };
}

export function wholeNumber(defaultValue: number, from: number, to: number, help: string): Setting<number> {
  const parse = (written: string): number | undefined => {
    const value = /^\d{1,10}$/.test(written) ? Number(written) : NaN;
    return value >= from && value <= to ? value : undefined;
  };
  return { default: defaultValue, help, expects: `a whole number from ${from} to ${to}`, parse };
}

export function optionalWholeNumber(from: number, to: number, help: string): Setting<number | null> {
  return { ...wholeNumber(0, from, to, help), default: null };
}

export function choice<const Choice extends string>(
  choices: readonly [Choice, ...Choice[]],
  help: string,
): Setting<Choice> {
  const parse = (written: string): Choice | undefined => choices.find((each) => each === written);
  return { default: choices[0], help, expects: choices.map((each) => `'${each}'`).join(' or '), parse };
}

/** Rules of retention, separated by commas. */
export function retention(help: string): Setting<readonly string[]> {
  const parse = (written: string): readonly string[] | undefined => {
    const rules = written.split(',').map((each) => each.trim());
    return parseRetention(rules) === null ? undefined : rules;
  };
  const expects = "'forever', 'vendor', days like 400d, or these for one collection like things=400d";
  return { default: ['forever'], help, expects, parse };
}

export function optionalDay(help: string): Setting<DateKey | null> {
  const parse = (written: string): DateKey | undefined => parseDay(written) ?? undefined;
  return { default: null, help, expects: 'a day like 2026-11-20', parse };
}

/** An http(s) address without query and fragment; kept without a slash at the end. */
export function httpUrl<Standard extends string | null>(
  defaultValue: Standard,
  help: string,
): Setting<string | Standard> {
  const parse = (written: string): string | undefined => {
    const url = URL.canParse(written) ? new URL(written) : null;
    if (!url || !/^https?:$/.test(url.protocol) || url.search || url.hash || url.username) return undefined;
    return url.href.replace(/\/+$/, '');
  };
  return { default: defaultValue, help, expects: 'an address like https://fleet.example/warehouse', parse };
}

/** Origins of web pages, separated by commas. */
export function origins(help: string): Setting<readonly string[]> {
  const parse = (written: string): readonly string[] | undefined => {
    const all = written.split(',').map((each) => each.trim().toLowerCase());
    return all.every((each) => URL.canParse(each) && new URL(each).origin === each) ? all : undefined;
  };
  return { default: [], help, expects: 'origins like https://tool.example, separated by commas', parse };
}

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** `system`, or the client id of an identity that was assigned by hand. */
export function managedIdentity(help: string): Setting<string | null> {
  const parse = (written: string): string | undefined =>
    written === 'system' || GUID.test(written) ? written : undefined;
  return { default: null, help, expects: "'system' or the client ID of an identity", parse };
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

/** Names separated by commas. */
export function names(help: string): Setting<readonly string[]> {
  const parse = (written: string): readonly string[] => written.split(',').map((each) => each.trim());
  return { default: [], help, expects: 'names separated by commas', parse };
}

const PROXY_GROUPS: readonly string[] = ['loopback', 'linklocal', 'uniquelocal'];

/** Addresses and subnets as Express reads `trust proxy`, separated by commas. */
export function proxies(help: string): Setting<readonly string[]> {
  const parse = (written: string): readonly string[] | undefined => {
    const all = written
      .split(',')
      .map((each) => each.trim())
      .filter((each) => each !== '');
    return all.every((each) => PROXY_GROUPS.includes(each) || isSubnet(each)) ? all : undefined;
  };
  const groups = PROXY_GROUPS.map((each) => `'${each}'`).join(', ');
  return { default: [], help, expects: `IP addresses, subnets like 10.0.0.0/8, or ${groups}`, parse };
}

function isSubnet(written: string): boolean {
  const [address = '', bits, ...more] = written.split('/');
  const longest = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
  if (bits === undefined) return longest > 0;
  return more.length === 0 && /^\d{1,3}$/.test(bits) && Number(bits) > 0 && Number(bits) <= longest;
}
