// Properties that many collections share, so that they are described in the same words everywhere.
import { instant, instantOrNull, int32, bool } from '../entity.ts';

/** The snapshot day of a fact. */
export const snapshotDayOfFact = int32(
  'Night of the snapshot as yyyymmdd in UTC, for example 20261120. Joins dates.dateKey and is what maxhistorydays acts on.',
  { role: 'day' },
);

/** When a row was last written by the warehouse. */
export const rowModified = instant(
  'When the warehouse last wrote this row, in UTC; says nothing about changes at the source. Filter on it to load only what is new.',
  { role: 'modified' },
);

/** The value of `rowModified` in reference data: the first instant of the calendar. */
export const SEED_ROW_MODIFIED = '2016-01-01T00:00:00';

/** The device of a fact. */
export const deviceOfFact = int32(
  'The device; joins devices.deviceKey, also for devices that have left since.',
  {
    refers: 'devices',
  },
);

/** A policy of a fact or a setting: one version of it. */
export const policyOfFact = int32('The policy in the version that was in force; joins policies.policyKey.', {
  refers: 'policies',
});

export const startOfRow = instant(
  'Midnight UTC of the first night on which the warehouse saw this row. The thing itself may be older.',
  { role: 'start' },
);

export const endOfRow = instant(
  'Midnight UTC of the first night on which this row no longer held; 9999-12-31 while it still holds.',
  { role: 'end' },
);

export const deletedAt = instantOrNull(
  'Midnight UTC of the night on which the thing was found gone or replaced; null while it is there.',
  { role: 'deletedAt' },
);

export const isDeletedOrReplaced = bool(
  'True once a newer version replaced this row or the source no longer lists the thing. False marks the rows in force.',
  { role: 'deleted' },
);
