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
    'The address that clients use, if it differs from the one the feed listens on, such as behind a proxy.',
  ),
  trustedProxies: proxies('Proxies whose X-Forwarded-* headers are trusted.'),
  anonymous: choice(
    ['loopback', 'allow', 'never'],
    "Who may read without credentials: 'loopback' programs on this machine, if nothing else can reach the port; 'never' " +
      "nobody; 'allow' everyone, which is right only behind a proxy that asks for credentials.",
  ),
  audiences: list(
    'Sign-in with Microsoft Entra: the audiences of tokens, which are the client id and the App ID URIs of the app registration of the feed.',
  ),
  roles: optionalPath(
    'File (JSON) with your own roles, and with changes to the built-in ones: analyst, reader, auditor and operator.',
  ),
  usualRole: text(
    'reader',
    "Role of a signed-in reader who has no other; with 'none' only those get in whom --role-claims names.",
  ),
  roleClaims: list(
    'App roles and groups (object ids) that give a role, such as Fleet.Analyst=analyst,9a1b2c3d-…=auditor.',
  ),
  audit: choice(
    ['on', 'required', 'off'],
    "Whether each read is logged in the audit: 'on' if the disk allows, 'required' refuses reads if it does not.",
  ),
  auditDays: wholeNumber(365, 1, 36_500, 'Days for which the audit is kept.'),
  keyParameter: optionalText(
    'Name of a query parameter that may hold an API key, for clients that cannot send it otherwise; none unless set.',
  ),
  tlsCert: optionalPath('File with the certificate chain (PEM); with --tls-key the feed speaks HTTPS.'),
  tlsKey: optionalPath('File with the private key (PEM) of --tls-cert.'),
  corsOrigins: origins('Origins of other web pages whose scripts may read the feed; none unless set.'),
  budgetSeconds: wholeNumber(
    60,
    0,
    3600,
    'Seconds of reading threads that one caller may use per minute; 0 for no limit. Callers on this machine without ' +
      'credentials have no budget.',
  ),
  budgetMegabytes: wholeNumber(
    2000,
    0,
    1_000_000,
    'Megabytes, before compression, that one caller may read per minute; 0 for no limit.',
  ),
  readsAtOnce: wholeNumber(
    24,
    0,
    10_000,
    'Reads that one caller may have under way at once; 0 for no limit.',
  ),
  pageRows: wholeNumber(LIMITS.pageRows, 1, 1_000_000, 'Rows of one page, unless the client asks for fewer.'),
  workers: wholeNumber(2, 1, 64, 'Threads that read the warehouse.'),
  readyHours: wholeNumber(
    36,
    1,
    100_000,
    'Hours after which the last snapshot is too old for the feed to count as ready.',
  ),
  keepGenerations: wholeNumber(
    3,
    2,
    1000,
    'Generations to keep: the one that is served, and earlier ones for page chains under way and for delta links.',
  ),
  retention: retention(
    "How long days are kept: 'forever', 'vendor' for as long as the hosted feed keeps them, or a number like 400d; " +
      'single collections can have their own: vendor,devicePropertyHistories=400d.',
  ),
  maxDrop: wholeNumber(
    DEFAULT_THRESHOLDS.maxDrop,
    1,
    100,
    'Per cent of its rows that a collection may lose from one run to the next; a snapshot that loses more is refused.',
  ),
  maxRise: wholeNumber(
    DEFAULT_THRESHOLDS.maxRise,
    1,
    1_000_000,
    'Per cent of its rows that a collection may gain from one run to the next; a snapshot that gains more is refused.',
  ),
  maxOrphans: wholeNumber(
    DEFAULT_THRESHOLDS.maxOrphans,
    1,
    100,
    'Per cent of a collection’s rows that may have broken references; a snapshot that has more is refused.',
  ),
  privacy: privacyProfile(
    "What is kept of personal data, also of past days: 'full' all of it, 'masked' hashes that still join rows, " +
      "'dropped' masked ids only.",
  ),
  forgetAfter: daysOrNever(
    30,
    36_500,
    'Days after someone left the directory until their personal data is erased; 0 for the same run.',
  ),
  mostAppsAsked: wholeNumber(
    200,
    0,
    1_000_000,
    'Up to so many copies of protected apps, a run asks Graph what protects each: one request for each copy.',
  ),
  schedule: choice(
    ['on', 'off'],
    'Whether `serve` runs the ETL every night at 00:00 UTC, or later if that was missed.',
  ),
  jitter: wholeNumber(
    5,
    0,
    14,
    'Minutes after 00:00 UTC within which a run begins, at random, so that not all tenants ask at once.',
  ),
  exports: choice(
    ['auto', 'off'],
    "Whether a run exports reports for what lists leave out: 'auto' if Microsoft Graph allows it.",
  ),
  deviceDetails: choice(
    ['off', 'on'],
    'Whether Graph is asked for each device, when it is new and then once a week, for its memory and, without exports, ' +
      'its addresses: one request for twenty devices.',
  ),
  exportMinutes: wholeNumber(
    10,
    1,
    240,
    'Minutes that Intune has to make a report; after that it is requested again, three times at most.',
  ),
  today: optionalDay('Stops the clock on this day, so that answers are reproducible.'),
  tenantId: optionalText('Directory (tenant) ID of the tenant to read.'),
  clientId: optionalText('Application (client) ID of the app registration that reads it.'),
  clientSecret: secret('Secret of that app registration.'),
  clientCertificate: secret(
    'Instead of the secret: PEM of a certificate of that app registration and its private key.',
  ),
  clientCertificatePassword: secret('Password of that private key, if it is encrypted.'),
  clientCertificateChain: choice(
    ['off', 'on'],
    'Whether the certificate is sent along, for an app registration that trusts its subject name and issuer.',
  ),
  federatedTokenFile: optionalPath(
    'Instead of the secret: a file with a token of a platform that the app registration trusts, read again each time.',
  ),
  managedIdentity: managedIdentity(
    "Instead of an app registration: 'system' for the identity of this machine in Azure, or the client ID of one assigned to it.",
  ),
  cloud: choice(
    ['global', 'usgov-l4', 'usgov-l5', 'china'],
    'The Microsoft cloud of the tenant: global, usgov-l4, usgov-l5 or china.',
  ),
  graphUrl: httpUrl(null, 'Address of Microsoft Graph, if it is not that of the cloud.'),
  loginUrl: httpUrl(null, 'Address of the directory that issues tokens, if it is not that of the cloud.'),
  proxy: outboundProxy(
    'The proxy for connections to Microsoft, with user and password if it asks for them; HTTPS_PROXY without it.',
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
    "Whether Intune is asked only for the columns that are needed; 'off' if it throttles that.",
  ),
  graphPageRows: optionalWholeNumber(
    10,
    1000,
    'Rows of a page of devices and of users, if Microsoft Graph times out with its own page size.',
  ),
  requestsAtOnce: wholeNumber(4, 1, 16, 'Concurrent requests to one area of Microsoft Graph.'),
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
