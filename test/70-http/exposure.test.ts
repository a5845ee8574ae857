// The start-up rule: no feed without credentials where another machine could reach it.
import { describe, expect, test } from '@jest/globals';
import { refuseExposure } from '../../src/auth/exposure.ts';

describe('a feed without credentials', () => {
  test.each(['127.0.0.1', '127.0.0.53', '::1', 'localhost'])('starts on %s', (host) => {
    expect(() => refuseExposure({ host, anonymous: 'loopback' })).not.toThrow();
  });

  test.each(['0.0.0.0', '::', '192.168.1.4', 'fleet.example', '127.evil.example', ''])(
    'refuses to start on %j and says what to set',
    (host) => {
      const start = (): void => refuseExposure({ host, anonymous: 'loopback' });
      expect(start).toThrow(
        expect.objectContaining({ code: 'setup.unsafe', hint: expect.stringContaining('--host 127.0.0.1') }),
      );
    },
  );

  test('starts anywhere when it is said in so many words', () => {
    expect(() => refuseExposure({ host: '0.0.0.0', anonymous: 'allow' })).not.toThrow();
  });
});
