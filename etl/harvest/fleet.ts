// The devices of a night, as far as other sources need them: 140 bytes each, since what many share is kept once.
import type { EncryptingPlatform } from '../transform/os-version.ts';
import type { WindowsEdition } from '../transform/windows-edition.ts';
import { makeNumbers } from './numbers.ts';
import { makeTexts, type Texts } from './texts.ts';

/** What a device has in common with many others. */
export interface DeviceTraits {
  readonly deviceTypeKey: number;
  readonly platform: EncryptingPlatform | null;
  readonly osVersion: string | null;
  readonly edition: WindowsEdition | null;
  readonly joinType: string | null;
  /** In the words of health attestation; null where the device was never attested. */
  readonly secureBoot: string | null;
  /** Key of the way it was enrolled, if that was on the day before the night; else null. */
  readonly enrolledBy: number | null;
  /** Its turn to be asked by itself has come. */
  readonly detailsDue: boolean;
}

/** What it has for itself. */
export interface DeviceNames {
  readonly deviceId: string;
  /** What a Windows device is called; some reports tell it by nothing else. Null for others. */
  readonly windowsName: string | null;
  /** Its id in Entra. */
  readonly entraId: string | null;
  readonly userId: string | null;
}

export interface KnownDevice extends DeviceTraits, DeviceNames {
  /** Its place in the fleet, from 0. */
  readonly number: number;
}

export interface Fleet extends Iterable<KnownDevice> {
  readonly size: number;
  /** Ids of those who have a device. Whoever finds more people may add them. */
  readonly people: Texts;
  /** In place of what was known of the device. */
  put(names: DeviceNames, traits: DeviceTraits): void;
  /** -1 for a device that is not known. */
  numberOf(deviceId: string): number;
  at(number: number): KnownDevice;
}

/** Numbers of a device: its traits, and one more than those of its name, its id in Entra and its owner. */
const FIELDS = 4;

/** `entraIds` may hold those of others, too. */
export function makeFleet(entraIds: Texts): Fleet {
  const ids = makeTexts();
  const kinds = makeTexts();
  const traits: DeviceTraits[] = [];
  const names = makeTexts();
  const people = makeTexts();
  const fields = makeNumbers();

  const deviceAt = (number: number): KnownDevice => {
    const field = (which: number): number => fields.at(number * FIELDS + which);
    const known = traits[field(0)];
    if (!known) throw new TypeError(`There is no device ${number}.`);
    return {
      ...known,
      number,
      deviceId: ids.at(number),
      windowsName: textAt(names, field(1)),
      entraId: textAt(entraIds, field(2)),
      userId: textAt(people, field(3)),
    };
  };
  return {
    get size() {
      return ids.count;
    },
    people,
    put({ deviceId, windowsName, entraId, userId }, own) {
      const kind = kinds.add(JSON.stringify(own));
      traits[kind] ??= own;
      const at = ids.add(deviceId) * FIELDS;
      fields.set(at, kind);
      fields.set(at + 1, placeOf(names, windowsName));
      fields.set(at + 2, placeOf(entraIds, entraId));
      fields.set(at + 3, placeOf(people, userId));
    },
    numberOf: (deviceId) => ids.find(deviceId),
    at: deviceAt,
    *[Symbol.iterator]() {
      for (let number = 0; number < ids.count; number += 1) yield deviceAt(number);
    },
  };
}

/** One more than its number, so that 0 is nothing. */
function placeOf(texts: Texts, text: string | null): number {
  return text === null ? 0 : texts.add(text) + 1;
}

function textAt(texts: Texts, place: number): string | null {
  return place === 0 ? null : texts.at(place - 1);
}
