// The start-up rule: no anonymous access by accident, and no credential over a network without TLS.
import { describe, expect, test } from '@jest/globals';
import { allowsAnonymous, refuseExposure, type Exposure } from '../../src/auth/exposure.ts';

const HERE: Exposure = { host: '127.0.0.1', publicUrl: null, trustedProxies: [], anonymous: 'loopback' };
const OPEN = { tls: false, canAuthenticate: false };
const unsafe = (hint: string): unknown =>
  expect.objectContaining({ code: 'setup.unsafe', hint: expect.stringContaining(hint) });

describe('a feed without keys and sign-in', () => {
  test.each(['127.0.0.1', '127.0.0.53', '::1', 'localhost'])(
    'starts on %s and lets in who is there',
    (host) => {
      expect(() => refuseExposure({ ...HERE, host }, OPEN)).not.toThrow();
      expect(allowsAnonymous({ ...HERE, host })).toBe(true);
    },
  );

  test.each(['0.0.0.0', '::', '192.168.1.4', 'fleet.example', '127.evil.example', ''])(
    'refuses to start on %j and says what to set',
    (host) => {
      expect(() => refuseExposure({ ...HERE, host }, OPEN)).toThrow(unsafe('--host 127.0.0.1'));
      expect(allowsAnonymous({ ...HERE, host })).toBe(false);
    },
  );

  test.each<Partial<Exposure>>([{ trustedProxies: ['loopback'] }, { publicUrl: 'https://fleet.example' }])(
    'refuses to start behind a proxy, to which everyone is on this machine: %j',
    (options) => {
      expect(() => refuseExposure({ ...HERE, ...options }, OPEN)).toThrow(unsafe('--anonymous allow'));
      expect(allowsAnonymous({ ...HERE, ...options })).toBe(false);
    },
  );

  test('starts anywhere with --anonymous allow', () => {
    expect(() => refuseExposure({ ...HERE, host: '0.0.0.0', anonymous: 'allow' }, OPEN)).not.toThrow();
    expect(allowsAnonymous({ ...HERE, host: '0.0.0.0', anonymous: 'allow' })).toBe(true);
  });

  test('allows nobody with --anonymous never', () => {
    expect(allowsAnonymous({ ...HERE, anonymous: 'never' })).toBe(false);
  });
});

describe('a feed with keys or sign-in', () => {
  const host = '0.0.0.0';
  test('refuses to start on a network without TLS', () => {
    expect(() => refuseExposure({ ...HERE, host }, { tls: false, canAuthenticate: true })).toThrow(
      unsafe('--tls-cert'),
    );
  });

  test.each<[string, Partial<Exposure>, boolean]>([
    ['with TLS of its own', { host }, true],
    ['behind a trusted proxy', { host, trustedProxies: ['10.0.0.0/8'] }, false],
    ['on this machine, behind whatever', { publicUrl: 'https://fleet.example' }, false],
  ])('starts %s', (_, options, tls) => {
    expect(() => refuseExposure({ ...HERE, ...options }, { tls, canAuthenticate: true })).not.toThrow();
  });
});
