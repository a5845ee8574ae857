// The devices of a run, as far as other sources need them: 140 bytes each, since shared values are stored once.
import type { EncryptingPlatform } from '../../transform/encryption/os-version.ts';
import type { WindowsEdition } from '../../transform/encryption/windows-edition.ts';
import { makeInt32List } from './int32-list.ts';
import { makeStringPool, type StringPool } from './string-pool.ts';

/** What a device has in common with many others. */
export interface SharedDeviceTraits {
  readonly deviceTypeKey: number;
  readonly platform: EncryptingPlatform | null;
  readonly osVersion: string | null;
  readonly edition: WindowsEdition | null;
  readonly joinType: string | null;
  /** As health attestation spells it; null when the device was never attested. */
  readonly secureBoot: string | null;
  /** Key of its enrolment type, if it was enrolled yesterday; else null. */
  readonly newEnrollmentTypeKey: number | null;
  /** Whether its details are requested in this run. */
  readonly isDetailsDue: boolean;
}

/** What belongs to one device only. */
export interface DeviceIdentity {
  readonly deviceId: string;
  /** Name of a Windows device, by which some reports identify it; null for others. */
  readonly windowsName: string | null;
  /** Its id in Entra. */
  readonly entraId: string | null;
  readonly userId: string | null;
}

export interface KnownDevice extends SharedDeviceTraits, DeviceIdentity {
  /** Its place in the fleet, from 0. */
  readonly index: number;
}

export interface Fleet extends Iterable<KnownDevice> {
  readonly size: number;
  /** Ids of the owners of devices. Other users may be added. */
  readonly userIds: StringPool;
  /** Replaces what was stored for the device. */
  put(identity: DeviceIdentity, traits: SharedDeviceTraits): void;
  /** -1 for an unknown device. */
  indexOf(deviceId: string): number;
  at(number: number): KnownDevice;
}

/** Integers of a device: its traits, and the references to its name, its Entra id and its owner. */
const FIELDS = 4;

/** `entraIds` may be shared with other sources. */
export function makeFleet(entraIds: StringPool): Fleet {
  const deviceIds = makeStringPool();
  const traitSets = makeStringPool();
  const traits: SharedDeviceTraits[] = [];
  const windowsNames = makeStringPool();
  const userIds = makeStringPool();
  const fields = makeInt32List();

  const deviceAt = (index: number): KnownDevice => {
    const field = (which: number): number => fields.at(index * FIELDS + which);
    const known = traits[field(0)];
    if (!known) throw new TypeError(`There is no device ${index}.`);
    return {
      ...known,
      index,
      deviceId: deviceIds.at(index),
      windowsName: textOfReference(windowsNames, field(1)),
      entraId: textOfReference(entraIds, field(2)),
      userId: textOfReference(userIds, field(3)),
    };
  };
  return {
    get size() {
      return deviceIds.count;
    },
    userIds,
    put({ deviceId, windowsName, entraId, userId }, deviceTraits) {
      const traitSet = traitSets.add(JSON.stringify(deviceTraits));
      traits[traitSet] ??= deviceTraits;
      const offset = deviceIds.add(deviceId) * FIELDS;
      fields.set(offset, traitSet);
      fields.set(offset + 1, referenceOf(windowsNames, windowsName));
      fields.set(offset + 2, referenceOf(entraIds, entraId));
      fields.set(offset + 3, referenceOf(userIds, userId));
    },
    indexOf: (deviceId) => deviceIds.find(deviceId),
    at: deviceAt,
    *[Symbol.iterator]() {
      for (let index = 0; index < deviceIds.count; index += 1) yield deviceAt(index);
    },
  };
}

/** Its number plus one, so that 0 means null. */
function referenceOf(pool: StringPool, text: string | null): number {
  return text === null ? 0 : pool.add(text) + 1;
}

function textOfReference(pool: StringPool, reference: number): string | null {
  return reference === 0 ? null : pool.at(reference - 1);
}
