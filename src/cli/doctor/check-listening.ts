// Where the feed listens: the port, and the certificate that it shows there.
import { X509Certificate, createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { request as askPlain } from 'node:http';
import { request as askTls } from 'node:https';
import { createServer, isIP } from 'node:net';
import { FeedError } from '../../base/feed-error.ts';
import type { Settings } from '../../settings/settings.ts';
import { fail, ok, warn, type Check, type CheckResult } from './check-result.ts';

const DAY_MS = 86_400_000;
const SOON_DAYS = 30;
const TIMEOUT_MS = 3000;

export const checkPort: Check = async (settings) => {
  const { host, port } = settings;
  const place = `${host}:${port}`;
  const trouble = await tryToListen(host, port);
  switch (trouble) {
    case null:
      return [ok('port', port === 0 ? 'Any free one is taken.' : `${place} is free.`)];
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
      return [fail('port', `'${host}' is no address of this machine.`, 'Choose one with --host.')];
    default:
      return [fail('port', `Cannot listen on ${place}: ${trouble}.`)];
  }
};

/** The code of what stands in the way; null where nothing does. */
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
    // Who it is matters, not whether its certificate is for this address: that is told by itself.
    const request = tlsCert === null ? askPlain(options) : askTls({ ...options, rejectUnauthorized: false });
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
  if (tlsCert === null && tlsKey === null) return [ok('TLS', 'None of its own.')];
  if (tlsCert === null || tlsKey === null) {
    return [fail('TLS', 'Of --tls-cert and --tls-key only one is set.', 'Set both.')];
  }
  const certificate = readPem(tlsCert, 'certificate', (pem) => new X509Certificate(pem));
  const key = readPem(tlsKey, 'private key', createPrivateKey);
  const name = publicUrl === null ? host : new URL(publicUrl).hostname;
  return [
    certificate.checkPrivateKey(key)
      ? ok('TLS', 'The private key fits the certificate.')
      : fail(
          'TLS',
          `'${tlsKey}' is not the private key of '${tlsCert}'.`,
          'Set the two that belong together.',
        ),
    checkDates(certificate, clock.now().getTime()),
    checkName(certificate, name.replace(/^\[(.*)\]$/, '$1')),
    ...(certificate.checkIssued(certificate)
      ? [
          warn(
            'TLS',
            'The certificate vouches for itself.',
            'Clients that were not told to trust it will not.',
          ),
        ]
      : []),
  ];
};

function readPem<Read>(path: string, what: string, read: (pem: Buffer) => Read): Read {
  const pem = readFileSync(path);
  try {
    return read(pem);
  } catch (cause) {
    throw new FeedError('setup.bad-setting', `'${path}' holds no ${what} in PEM.`, { cause });
  }
}

function checkDates({ validFromDate, validToDate }: X509Certificate, now: number): CheckResult {
  const [from, to] = [validFromDate, validToDate].map((date) => date.toISOString().slice(0, 10));
  const days = Math.floor((validToDate.getTime() - now) / DAY_MS);
  if (now < validFromDate.getTime()) return fail('TLS', `The certificate is not valid before ${from}.`);
  if (now > validToDate.getTime()) return fail('TLS', `The certificate ended on ${to}.`, 'Renew it.');
  if (days < SOON_DAYS) return warn('TLS', `The certificate ends on ${to}, in ${days} days.`, 'Renew it.');
  return ok('TLS', `The certificate is valid until ${to}.`);
}

function checkName(certificate: X509Certificate, name: string): CheckResult {
  if (['0.0.0.0', '::'].includes(name)) {
    return warn(
      'TLS',
      'Under which name clients come is not known.',
      'Set --public-url to have the name in the certificate checked.',
    );
  }
  const found = isIP(name) === 0 ? certificate.checkHost(name) : certificate.checkIP(name);
  return found !== undefined
    ? ok('TLS', `The certificate is for '${name}'.`)
    : fail(
        'TLS',
        `The certificate is not for '${name}', by which clients come.`,
        'Get one that is, or set --public-url to a name that it has.',
      );
}
