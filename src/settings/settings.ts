// What a deployment sets, in one table: flags, environment, settings file, `help` and the documentation are read from it.
// What only one command takes is declared with that command.
import { DEFAULT_THRESHOLDS } from '../base/volume-thresholds.ts';
import { LIMITS } from '../base/limits.ts';
import { daysOrNever, privacyProfile } from './privacy-settings.ts';
import {
  httpUrl,
  choice,
  hosts,
  managedIdentity,
  list,
  optionalDay,
  optionalPath,
  optionalText,
  optionalWholeNumber,
  origins,
  outboundProxy,
  path,
  proxies,
  retention,
  secret,
  text,
  wholeNumber,
  type Setting,
} from './setting.ts';

export const SETTINGS = {
  host: text('127.0.0.1', 'The address to listen on.'),
  port: wholeNumber(4004, 0, 65_535, 'The port to listen on; 0 takes any free one.'),
  data: path('data', 'The folder that holds the warehouse.'),
  publicUrl: httpUrl(
    null,
    'The address that clients use where it differs from the one they connect to, such as behind a proxy.',
  ),
  trustedProxies: proxies('Proxies whose X-Forwarded-* headers are believed.'),
  anonymous: choice(
    ['loopback', 'allow', 'never'],
    "Who may read without credentials: 'loopback' this machine, where nothing else can reach the port, 'never' nobody, " +
      "'allow' whoever reaches it; only where something in front asks for credentials.",
  ),
  audiences: list(
    'Sign-in with Microsoft Entra: what tokens are for, which is the client id and the App ID URIs of the app registration of the feed.',
  ),
  roles: optionalPath(
    'File (JSON) with roles of your own, and with changes of ours: analyst, reader, auditor and operator.',
  ),
  usualRole: text(
    'reader',
    "Role of whoever signs in and has no other; 'none' lets in only those whom --role-claims names.",
  ),
  roleClaims: list(
    'App roles and groups (object ids) that lead to a role, such as Fleet.Analyst=analyst,9a1b2c3d-…=auditor.',
  ),
  audit: choice(
    ['on', 'required', 'off'],
    "Whether each read is written down: 'on' as long as the disk takes it, 'required' refuses reads where it does not.",
  ),
  auditDays: wholeNumber(365, 1, 36_500, 'Days for which the audit is kept.'),
  keyParameter: optionalText(
    'Name of a query parameter in which an API key may come, for clients that know no other way; none unless set.',
  ),
  tlsCert: optionalPath(
    'File with the certificate chain (PEM); with --tls-key the feed speaks HTTPS by itself.',
  ),
  tlsKey: optionalPath('File with the private key (PEM) of --tls-cert.'),
  corsOrigins: origins(
    'Origins of web pages of others that may read the feed with their own code; none unless set.',
  ),
  budgetSeconds: wholeNumber(
    60,
    0,
    3600,
    'Seconds of reading threads that one caller may use a minute; 0 for no end. Whoever reads on this machine without ' +
      'credentials has no budget.',
  ),
  budgetMegabytes: wholeNumber(
    2000,
    0,
    1_000_000,
    'Megabytes, before compression, that one caller may read a minute; 0 for no end.',
  ),
  readsAtOnce: wholeNumber(24, 0, 10_000, 'Reads that one caller may have under way at once; 0 for no end.'),
  pageRows: wholeNumber(LIMITS.pageRows, 1, 1_000_000, 'Rows of one page, unless the client asks for fewer.'),
  workers: wholeNumber(2, 1, 64, 'Threads that read the warehouse.'),
  readyHours: wholeNumber(36, 1, 100_000, 'Hours after which the last night is too old to be called ready.'),
  keepGenerations: wholeNumber(
    3,
    2,
    1000,
    'Generations kept: the one being served, and those before it for page chains that are still being read ' +
      'and for changes that are asked since.',
  ),
  retention: retention(
    "For how long days are kept: 'forever', 'vendor' as long as the hosted feed does, a number like 400d; " +
      'and for single collections otherwise: vendor,devicePropertyHistories=400d.',
  ),
  maxDrop: wholeNumber(
    DEFAULT_THRESHOLDS.maxDrop,
    1,
    100,
    'Per cent of its rows that a collection may lose overnight; a night that loses more is refused.',
  ),
  maxRise: wholeNumber(
    DEFAULT_THRESHOLDS.maxRise,
    1,
    1_000_000,
    'Per cent of its rows that a collection may gain overnight; a night that gains more is refused.',
  ),
  maxOrphans: wholeNumber(
    DEFAULT_THRESHOLDS.maxOrphans,
    1,
    100,
    'Per cent of a collection’s rows that may refer to things which are not there; beyond, the night is refused.',
  ),
  privacy: privacyProfile(
    "What is kept of people, of the past too: 'full' all of it, 'masked' a hash by which rows are still joined, " +
      "'dropped' nothing but masked ids.",
  ),
  forgetAfter: daysOrNever(
    30,
    36_500,
    'Nights after someone left the directory until what is personal of them is erased; 0 is the same night.',
  ),
  mostAppsAsked: wholeNumber(
    200,
    0,
    1_000_000,
    'Copies of protected apps that checked in, up to which a night asks each what protects it: one request a copy.',
  ),
  schedule: choice(
    ['on', 'off'],
    'Whether `serve` runs a night at 00:00 UTC, or later where that was missed.',
  ),
  jitter: wholeNumber(
    5,
    0,
    14,
    'Minutes after 00:00 UTC within which a night begins, at random: not every tenant is to ask at once.',
  ),
  exports: choice(
    ['auto', 'off'],
    "Whether a night may export reports for what lists leave out: 'auto' where Microsoft Graph lets it.",
  ),
  deviceDetails: choice(
    ['off', 'on'],
    'Whether devices are asked one by one, each when it is new and then once a week, for what nothing else tells: ' +
      'their memory, and without exports their addresses. Takes a request for twenty devices.',
  ),
  exportMinutes: wholeNumber(
    10,
    1,
    240,
    'Minutes that Intune has to make a report; then it is asked for anew, three times at most.',
  ),
  today: optionalDay('Stops the clock on this day, so that answers can be compared.'),
  tenantId: optionalText('Directory (tenant) ID of the tenant to read.'),
  clientId: optionalText('Application (client) ID of the app registration that reads it.'),
  clientSecret: secret('Secret of that app registration.'),
  clientCertificate: secret(
    'In place of the secret: PEM of a certificate of that app registration and its private key.',
  ),
  clientCertificatePassword: secret('Password of that private key, where it is encrypted.'),
  clientCertificateChain: choice(
    ['off', 'on'],
    'Whether the directory is sent the certificate, for an app registration that trusts its name and issuer.',
  ),
  federatedTokenFile: optionalPath(
    'In place of the secret: a file with a token of a platform that the app registration trusts, read anew each time.',
  ),
  managedIdentity: managedIdentity(
    "In place of an app registration: 'system' for the identity of this machine in Azure, or the client ID of one assigned to it.",
  ),
  cloud: choice(['global', 'usgov-l4', 'usgov-l5', 'china'], 'The cloud of Microsoft that the tenant is in.'),
  graphUrl: httpUrl(null, 'Where Microsoft Graph is, other than in that cloud.'),
  loginUrl: httpUrl(null, 'Where the directory gives out tokens, other than in that cloud.'),
  proxy: outboundProxy(
    'The proxy on the way to Microsoft, with user and password where it wants them; HTTPS_PROXY without it.',
    'HTTPS_PROXY',
    'https_proxy',
  ),
  noProxy: hosts(
    'Hosts that are reached without the proxy, as in 10.0.0.5,.corp.example; NO_PROXY without it.',
    'NO_PROXY',
    'no_proxy',
  ),
  select: choice(
    ['on', 'off'],
    "Whether Intune is asked for the columns that are needed only; 'off' where it throttles that.",
  ),
  graphPageRows: optionalWholeNumber(
    10,
    1000,
    'Rows of a page of devices and of users, where Microsoft Graph runs out of time over its own choice.',
  ),
  requestsAtOnce: wholeNumber(4, 1, 16, 'Requests under way at once in one area of Microsoft Graph.'),
  logFormat: choice(['text', 'json'], 'Log lines for people or for machines.'),
} as const satisfies Record<string, Setting<unknown>>;

export type SettingName = keyof typeof SETTINGS;

type ValueOf<Name extends SettingName> = (typeof SETTINGS)[Name] extends Setting<infer Value> ? Value : never;

export type Settings = { readonly [Name in SettingName]: ValueOf<Name> };

export const SETTING_NAMES = Object.keys(SETTINGS) as readonly SettingName[];

/** The settings of a deployment that sets none. */
export const DEFAULT_SETTINGS = Object.fromEntries(
  SETTING_NAMES.map((name) => [name, SETTINGS[name].default]),
) as Settings;

/** `pageRows` → `page-rows`: how it is called in a settings file. */
export function keyOf(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** `pageRows` → `--page-rows`. */
export function flagOf(name: string): string {
  return `--${keyOf(name)}`;
}

/** `pageRows` → `FLEETFEED_PAGE_ROWS`. */
export function variableOf(name: SettingName): string {
  return `FLEETFEED_${keyOf(name).replaceAll('-', '_').toUpperCase()}`;
}
