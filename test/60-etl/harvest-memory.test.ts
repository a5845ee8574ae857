// What a run keeps of a fleet in memory: lists and pools in blocks of bytes answer as maps would.
import { describe, expect, test } from '@jest/globals';
import { makeFleet, type DeviceIdentity, type SharedDeviceTraits } from '../../etl/harvest/memory/fleet.ts';
import { makeInt32List } from '../../etl/harvest/memory/int32-list.ts';
import { makeStringPool } from '../../etl/harvest/memory/string-pool.ts';
import { guid } from '../../fixtures/tenant/generate/draw.ts';

describe('a string pool', () => {
  test('gives texts the indexes that a map would, however many there are', () => {
    const texts = makeStringPool();
    const map = new Map<string, number>();
    // Each text comes again, some soon and some late, and many names differ only in a digit.
    const coming = Array.from({ length: 40_000 }, (_, ordinal) =>
      ordinal % 2 === 0 ? guid(7, 1, ordinal % 30_000) : `pc-${ordinal % 9000}@contoso.com`,
    );
    const numbers = coming.map((text) => texts.add(text));
    for (const text of coming) if (!map.has(text)) map.set(text, map.size);
    const [known, places] = [[...map.keys()], [...map.values()]];
    expect(numbers).toEqual(coming.map((text) => map.get(text)));
    expect(texts.count).toBe(map.size);
    expect(known.map((text) => texts.find(text))).toEqual(places);
    expect(places.map((number) => texts.at(number))).toEqual(known);
  });

  test('has no index for a text that was never added', () => {
    const texts = makeStringPool();
    expect(texts.find('a')).toBe(-1);
    texts.add('ab');
    expect(['a', 'abc', 'b', ''].map((text) => texts.find(text))).toEqual([-1, -1, -1, -1]);
    expect(texts.count).toBe(1);
  });

  test('holds empty texts, any script, and texts longer than a block', () => {
    const texts = makeStringPool();
    const id = guid(7, 1, 1);
    const odd = [
      '',
      id,
      id.toUpperCase(),
      id.replaceAll('-', ''),
      `${id}\n`,
      'Zoë',
      '渡辺',
      '👩‍💻',
      'x'.repeat(65_536),
      'y'.repeat(200_000),
      'ẞ'.repeat(30_000),
      'z',
    ];
    const places = [...odd.keys()];
    expect(odd.map((text) => texts.add(text))).toEqual(places);
    expect(places.map((number) => texts.at(number))).toEqual(odd);
    expect(odd.map((text) => texts.find(text))).toEqual(places);
  });
});

test('an Int32 list holds a value at any index, and 0 where none was set', () => {
  const numbers = makeInt32List();
  numbers.set(0, 2 ** 31 - 1);
  numbers.set(1_000_000, -5);
  const places = [0, 1, 999_999, 1_000_000, 1_000_001, 5_000_000, -1];
  expect(places.map((place) => numbers.at(place))).toEqual([2 ** 31 - 1, 0, 0, -5, 0, 0, 0]);
});

describe('a fleet', () => {
  const traits: SharedDeviceTraits = {
    deviceTypeKey: 14,
    platform: 'windows',
    osVersion: '10.0.26100.4349',
    edition: 'pro',
    joinType: null,
    secureBoot: null,
    newEnrollmentTypeKey: null,
    isDetailsDue: false,
  };
  const names = (ordinal: number): DeviceIdentity => ({
    deviceId: guid(1, 1, ordinal),
    windowsName: ordinal % 3 === 0 ? null : `PC-${ordinal}`,
    entraId: ordinal % 5 === 0 ? null : guid(1, 2, ordinal),
    userId: ordinal % 7 === 0 ? null : guid(1, 3, ordinal % 100),
  });

  test('returns each device as it was put, in the order in which they came', () => {
    const fleet = makeFleet(makeStringPool());
    const kinds: readonly SharedDeviceTraits[] = [
      traits,
      { ...traits, osVersion: null },
      { ...traits, deviceTypeKey: 9, platform: 'macOS', edition: null },
      { ...traits, newEnrollmentTypeKey: 4, isDetailsDue: true },
    ];
    const put = Array.from({ length: 500 }, (_, ordinal) => ({
      ...names(ordinal),
      ...(kinds[ordinal % kinds.length] ?? traits),
    }));
    for (const device of put) fleet.put(device, traitsOf(device));
    expect([...fleet]).toEqual(put.map((device, index) => ({ ...device, index })));
    expect(fleet.indexOf(put[321]?.deviceId ?? '')).toBe(321);
    expect(fleet.indexOf(guid(1, 1, 1000))).toBe(-1);
    expect(fleet.size).toBe(500);
  });

  test('keeps what was put last for a device', () => {
    const fleet = makeFleet(makeStringPool());
    fleet.put(names(1), traits);
    fleet.put(names(2), traits);
    fleet.put({ ...names(1), windowsName: null, userId: null }, { ...traits, osVersion: '10.0.1' });
    expect(fleet.size).toBe(2);
    expect(fleet.at(0)).toEqual({
      ...names(1),
      ...traits,
      index: 0,
      windowsName: null,
      userId: null,
      osVersion: '10.0.1',
    });
  });
});

function traitsOf(device: SharedDeviceTraits): SharedDeviceTraits {
  const {
    deviceTypeKey,
    platform,
    osVersion,
    edition,
    joinType,
    secureBoot,
    newEnrollmentTypeKey: enrolledBy,
    isDetailsDue: detailsDue,
  } = device;
  return {
    deviceTypeKey,
    platform,
    osVersion,
    edition,
    joinType,
    secureBoot,
    newEnrollmentTypeKey: enrolledBy,
    isDetailsDue: detailsDue,
  };
}
