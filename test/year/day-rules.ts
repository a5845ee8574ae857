// Rules for one day by itself: a row for each device, states without gap or overlap, counts that can be counted again.
import { quoteIdentifier } from '../quote-identifier.ts';
import { searchIndexOf } from '../../schema/derive/search-index.ts';
import { storageOf, type Storage } from '../../schema/derive/storage.ts';
import { MODEL } from '../../schema/fleetfeed-model.ts';
import type { Entity } from '../../schema/entity.ts';
import { differingRows, columnList, type Rule } from './rule.ts';

const isHarvested = (table: 'harvested' | 'whole', ...collections: readonly string[]): string =>
  collections.map((name) => `EXISTS (SELECT 1 FROM ${table} WHERE collection = '${name}')`).join(' AND ');

const DEVICES: readonly Rule[] = [
  {
    description: 'a device that is there has one row of the day, and no other has',
    sql: `SELECT 1 FROM devices d LEFT JOIN devicePropertyHistories h ON h.dateKey = @day AND h.deviceKey = d.deviceKey
          WHERE ${isHarvested('harvested', 'devicePropertyHistories')}
          GROUP BY d.deviceKey HAVING count(h.deviceKey) <> NOT d.isDeleted`,
  },
  {
    description: 'every device that is there has a state of encryption of the day, and no other has',
    sql: `SELECT 1 FROM devices d LEFT JOIN deviceEncryptionStates s ON s.dateKey = @day AND s.deviceKey = d.deviceKey
          WHERE ${isHarvested('whole', 'devices', 'deviceEncryptionStates')}
          GROUP BY d.deviceKey HAVING count(s.deviceKey) <> NOT d.isDeleted`,
  },
];

/** Counts against the rows that they count, on days on which both were harvested completely. */
const COUNTS: readonly Rule[] = [
  {
    description: 'the encryption counts are those of the states',
    sql: countsMatch(
      ['encryptionActivities', 'deviceEncryptionStates'],
      `SELECT deviceTypeKey, encryptionReadinessStateKey, encryptionStateKey, deviceCount
       FROM encryptionActivities WHERE dateKey = @day`,
      `SELECT d.deviceTypeKey, s.derivedReadinessStateKey, s.encryptionStateKey, count(*)
       FROM deviceEncryptionStates s JOIN devices d USING (deviceKey) WHERE s.dateKey = @day GROUP BY 1, 2, 3`,
    ),
  },
  {
    description: 'the compliance counts are those of the histories',
    sql: countsMatch(
      ['compliancePolicyStatusDeviceActivities', 'devicePropertyHistories'],
      `SELECT compliant, inGracePeriod, nonCompliant, error
       FROM compliancePolicyStatusDeviceActivities WHERE dateKey = @day`,
      // By the numbers of Intune: 3 is a conflict and 4 an error, which are one count.
      `SELECT count(*) FILTER (WHERE complianceStateKey = 1), count(*) FILTER (WHERE complianceStateKey = 254),
         count(*) FILTER (WHERE complianceStateKey = 2), count(*) FILTER (WHERE complianceStateKey IN (3, 4))
       FROM devicePropertyHistories WHERE dateKey = @day`,
    ),
  },
  {
    description: 'the enrolments that succeeded are the devices that came in on the day before',
    sql: countsMatch(
      ['enrollmentActivities', 'devices'],
      `SELECT deviceEnrollmentTypeKey, deviceTypeKey, osVersion, count
       FROM enrollmentActivities WHERE dateKey = @day AND enrollmentEventStatusKey = 1`,
      `SELECT deviceEnrollmentTypeKey, deviceTypeKey, ifnull(osVersion, ''), count(*)
       FROM devices WHERE NOT isDeleted AND enrolledDateTime >= @from AND enrolledDateTime < @until GROUP BY 1, 2, 3`,
    ),
  },
  {
    description: 'the outcomes of a kind of policy are those of its policies',
    sql: countsMatch(
      ['policyDeviceActivities', 'policyTypeActivities'],
      `SELECT policyTypeKey, pending, succeeded, error, failed
       FROM policyDeviceActivities JOIN (SELECT DISTINCT policyTypeKey FROM policyTypeActivities WHERE dateKey = @day)
         USING (policyTypeKey) WHERE dateKey = @day`,
      // What is not counted for one policy of a kind is not counted for the kind.
      `SELECT policyTypeKey, iif(count(pending) = count(*), sum(pending), NULL), sum(succeeded), sum(error), sum(failed)
       FROM policyTypeActivities
       WHERE dateKey = @day AND policyTypeKey IN (SELECT policyTypeKey FROM policyDeviceActivities WHERE dateKey = @day)
       GROUP BY 1`,
    ),
  },
  {
    description: 'the verdicts of a compliance policy are its outcomes',
    sql: countsMatch(
      ['compliancePolicyStatusDevicePerPolicyActivities', 'policyTypeActivities'],
      `SELECT policyKey, unknown, compliant, error, nonCompliant + ifnull(inGracePeriod, 0)
       FROM compliancePolicyStatusDevicePerPolicyActivities WHERE dateKey = @day`,
      `SELECT policyKey, pending, succeeded, error, failed FROM policyTypeActivities
       WHERE dateKey = @day AND policyKey IN
         (SELECT policyKey FROM compliancePolicyStatusDevicePerPolicyActivities WHERE dateKey = @day)`,
    ),
  },
];

export const DAY_RULES: readonly Rule[] = [
  ...DEVICES,
  ...COUNTS,
  ...[...MODEL.entities.values()].flatMap((entity) => rulesOf(entity, storageOf(entity))),
  ...[...MODEL.entities.values()].flatMap(searchIndexMatchesRows),
];

function countsMatch(of: readonly string[], stored: string, again: string): string {
  return `SELECT 1 FROM (${differingRows(stored, again)}) WHERE ${isHarvested('whole', ...of)}`;
}

function rulesOf(entity: Entity, storage: Storage): readonly Rule[] {
  switch (entity.lifetime) {
    case 'daily':
      return [dayWhereHarvested(entity), oneRowADay(storage)];
    case 'event':
      return [noCountsWithoutHarvest(storage)];
    case 'history':
      return [statesFollow(storage), ...lastStateHolds(entity, storage)];
    case 'current':
      return oneVersionHolds(storage);
  }
}

function dayWhereHarvested({ name }: Entity): Rule {
  return {
    description: `${name} has the snapshot day if it was harvested, and only then`,
    sql: `SELECT 1 WHERE (${isHarvested('harvested', name)}) <>
      EXISTS (SELECT 1 FROM snapshotDays WHERE collection = '${name}' AND dateKey = @day)`,
  };
}

function noCountsWithoutHarvest({ entity, roles }: Storage): Rule {
  return {
    description: `${entity.name} has no rows of a day on which it was not harvested`,
    sql: `SELECT 1 FROM ${quoteIdentifier(entity.name)}
      WHERE ${quoteIdentifier(roles.get('day') ?? '')} = @day AND NOT ${isHarvested('harvested', entity.name)}`,
  };
}

function oneRowADay({ entity, roles }: Storage): Rule {
  return {
    description: `a thing has one row of ${entity.name} a day`,
    sql: `SELECT 1 FROM ${quoteIdentifier(entity.name)} t WHERE ${quoteIdentifier(roles.get('day') ?? '')} = @day
          GROUP BY ${columnList(entity.key, 't')} HAVING count(*) > 1`,
  };
}

function statesFollow({ entity, table, identity }: Storage): Rule {
  const things = columnList(identity, 's');
  return {
    description: `states of ${entity.name} follow each other without gap or overlap, and the last one holds`,
    sql: `SELECT 1 FROM (
            SELECT s.fromKey, s.toKey, lead(s.fromKey, 1, 99991231) OVER (PARTITION BY ${things} ORDER BY s.fromKey) AS next
            FROM ${quoteIdentifier(table)} s)
          WHERE toKey <> next OR toKey <= fromKey`,
  };
}

/** A collection of states is the history of another, which says the last of them. */
function lastStateHolds(states: Entity, { identity, attributes }: Storage): readonly Rule[] {
  const of = [...MODEL.entities.values()].find(({ history }) => history === states.name);
  if (!of) return [];
  const shared = [...identity, ...attributes].filter((name) => name in of.properties);
  return [
    {
      description: `${of.name} says what the last states of ${states.name} say`,
      sql: differingRows(
        `SELECT ${columnList(shared, 't')} FROM ${quoteIdentifier(of.name)} t`,
        `SELECT ${columnList(shared, 't')} FROM ${quoteIdentifier(states.name)} t WHERE t.isCurrent`,
      ),
    },
  ];
}

function oneVersionHolds({ entity, roles }: Storage): readonly Rule[] {
  const [deleted, current] = [roles.get('deleted'), roles.get('current')];
  if (entity.versionsOf === undefined) return [];
  const holds = deleted === undefined ? quoteIdentifier(current ?? '') : `NOT ${quoteIdentifier(deleted)}`;
  return [
    {
      description: `one version of each of ${entity.name} holds`,
      sql: `SELECT 1 FROM ${quoteIdentifier(entity.name)} WHERE ${holds} GROUP BY ${quoteIdentifier(entity.versionsOf)} HAVING count(*) > 1`,
    },
  ];
}

/** Where rows share their texts, the index of $search knows each of them once. */
function searchIndexMatchesRows(entity: Entity): readonly Rule[] {
  const index = searchIndexOf(entity);
  if (index?.key !== null) return [];
  const texts = index.columns.map(
    (column) => `SELECT ${quoteIdentifier(column)} AS text FROM ${quoteIdentifier(storageOf(entity).table)}`,
  );
  return [
    {
      description: `the texts of ${entity.name} that $search looks through are those of its rows`,
      sql: differingRows(
        `SELECT text FROM (${texts.join(' UNION ')}) WHERE text IS NOT NULL`,
        `SELECT text FROM ${quoteIdentifier(index.name)}`,
      ),
    },
  ];
}
