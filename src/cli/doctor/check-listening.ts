// Where the feed listens: the port, and its certificate.
import { X509Certificate, createPrivateKey } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { createServer, isIP } from 'node:net';
import { FeedError } from '../../base/feed-error.ts';
import { readRegularFile, UnreadableFileError } from '../../base/read-regular-file.ts';
import type { Settings } from '../../settings/settings.ts';
import { fail, ok, warn, type Check, type CheckResult } from './check-result.ts';

const DAY_MS = 86_400_000;
const SOON_DAYS = 30;
const TIMEOUT_MS = 3000;

export const checkPort: Check = async (settings) => {
  const { host, port } = settings;
  const place = `${host}:${port}`;
  const errorCode = await tryToListen(host, port);
  switch (errorCode) {
    case null:
      return [ok('port', port === 0 ? 'The feed takes any free one.' : `${place} is free.`)];
    case 'EADDRINUSE':
      return [
        (await isOurFeed(settings))
          ? ok('port', `The feed is running on ${place}.`)
          : fail('port', `Another program listens on ${place}.`, 'Choose another with --port.'),
      ];
    case 'EACCES':
      return [fail('port', `This account may not listen on ${place}.`, 'Choose a --port from 1024.')];
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return [fail('port', `'${host}' is not an address of this machine.`, 'Choose one with --host.')];
    default:
      return [fail('port', `Cannot listen on ${place}: ${errorCode}.`)];
  }
};

/** The code of the error; null where listening works. */
function tryToListen(host: string, port: number): Promise<string | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(null)));
  });
}

function isOurFeed({ host, port, tlsCert }: Settings): Promise<boolean> {
  const here = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  const options = { host: here, port, path: '/-/live', timeout: TIMEOUT_MS };
  return new Promise((resolve) => {
    // The certificate has a check of its own; here only the answer matters.
    const request =
      tlsCert === null ? httpRequest(options) : httpsRequest({ ...options, rejectUnauthorized: false });
    request.on('response', (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString().slice(0, 100)));
      response.on('end', () => resolve(text === '{"status":"live"}'));
      response.on('error', () => resolve(false));
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve(false));
    request.end();
  });
}

export const checkCertificate: Check = (settings, clock) => {
  const { tlsCert, tlsKey, host, publicUrl } = settings;
  if (tlsCert === null && tlsKey === null) return [ok('TLS', 'Not set up; the feed speaks plain HTTP.')];
  if (tlsCert === null || tlsKey === null) {
    return [fail('TLS', 'Only one of --tls-cert and --tls-key is set.', 'Set both.')];
  }
  const certificate = readPem(tlsCert, 'certificate', (pem) => new X509Certificate(pem));
  const key = readPem(tlsKey, 'private key', createPrivateKey);
  const name = publicUrl === null ? host : new URL(publicUrl).hostname;
  return [
    certificate.checkPrivateKey(key)
      ? ok('TLS', 'The private key belongs to the certificate.')
      : fail(
          'TLS',
          `'${tlsKey}' is not the private key of '${tlsCert}'.`,
          'Set a certificate and its own key.',
        ),
    checkDates(certificate, clock.now().getTime()),
    checkName(certificate, name.replace(/^\[(.*)\]$/, '$1')),
    ...(certificate.checkIssued(certificate)
      ? [
          warn(
            'TLS',
            'The certificate is self-signed.',
            'Clients reject it unless they are set up to trust it.',
          ),
        ]
      : []),
  ];
};

function readPem<Read>(path: string, what: string, read: (pem: Buffer) => Read): Read {
  const pem = readFileOf(path);
  try {
    return read(pem);
  } catch (cause) {
    throw new FeedError('setup.bad-setting', `'${path}' does not contain a ${what} in PEM format.`, {
      cause,
    });
  }
}

function readFileOf(path: string): Buffer {
  try {
    return readRegularFile(path);
  } catch (cause) {
    // An error of the system names the file itself.
    if (!(cause instanceof UnreadableFileError)) throw cause;
    throw new FeedError('setup.bad-setting', `'${path}' ${cause.message}.`, { cause });
  }
}

function checkDates({ validFromDate, validToDate }: X509Certificate, now: number): CheckResult {
  const [from, to] = [validFromDate, validToDate].map((date) => date.toISOString().slice(0, 10));
  const days = Math.floor((validToDate.getTime() - now) / DAY_MS);
  if (now < validFromDate.getTime()) return fail('TLS', `The certificate is not valid before ${from}.`);
  if (now > validToDate.getTime()) return fail('TLS', `The certificate expired on ${to}.`, 'Renew it.');
  if (days < SOON_DAYS) return warn('TLS', `The certificate expires on ${to}, in ${days} days.`, 'Renew it.');
  return ok('TLS', `The certificate is valid until ${to}.`);
}

function checkName(certificate: X509Certificate, name: string): CheckResult {
  if (['0.0.0.0', '::'].includes(name)) {
    return warn(
      'TLS',
      'The name that clients use is unknown.',
      'Set --public-url to have the name in the certificate checked.',
    );
  }
  const found = isIP(name) === 0 ? certificate.checkHost(name) : certificate.checkIP(name);
  return found !== undefined
    ? ok('TLS', `The certificate is for '${name}'.`)
    : fail(
        'TLS',
        `The certificate is not for '${name}', the name that clients use.`,
        'Get one for that name, or set --public-url to a name that it has.',
      );
}
