// What a night must say in itself: a row for each device, states without gap or overlap, counts that can be counted again.
import { quoted } from '../../schema/derive/ddl.ts';
import { searchIndexOf } from '../../schema/derive/search.ts';
import { storageOf, type Storage } from '../../schema/derive/storage.ts';
import { MODEL } from '../../schema/fleetfeed-model.ts';
import type { Entity } from '../../schema/words.ts';
import { differing, list, type Rule } from './rule.ts';

const isIn = (told: 'told' | 'whole', ...collections: readonly string[]): string =>
  collections.map((name) => `EXISTS (SELECT 1 FROM ${told} WHERE collection = '${name}')`).join(' AND ');

const DEVICES: readonly Rule[] = [
  {
    words: 'a device that is there has one row tonight, and no other has',
    sql: `SELECT 1 FROM devices d LEFT JOIN devicePropertyHistories h ON h.dateKey = @day AND h.deviceKey = d.deviceKey
          WHERE ${isIn('told', 'devicePropertyHistories')}
          GROUP BY d.deviceKey HAVING count(h.deviceKey) <> NOT d.isDeleted`,
  },
  {
    words: 'every device that is there has a state of encryption tonight, and no other has',
    sql: `SELECT 1 FROM devices d LEFT JOIN deviceEncryptionStates s ON s.dateKey = @day AND s.deviceKey = d.deviceKey
          WHERE ${isIn('whole', 'devices', 'deviceEncryptionStates')}
          GROUP BY d.deviceKey HAVING count(s.deviceKey) <> NOT d.isDeleted`,
  },
];

/** Counts against the rows that they count, on nights that brought all of both. */
const COUNTS: readonly Rule[] = [
  {
    words: 'the encryption counts are those of the states',
    sql: counted(
      ['encryptionActivities', 'deviceEncryptionStates'],
      `SELECT deviceTypeKey, encryptionReadinessStateKey, encryptionStateKey, deviceCount
       FROM encryptionActivities WHERE dateKey = @day`,
      `SELECT d.deviceTypeKey, s.derivedReadinessStateKey, s.encryptionStateKey, count(*)
       FROM deviceEncryptionStates s JOIN devices d USING (deviceKey) WHERE s.dateKey = @day GROUP BY 1, 2, 3`,
    ),
  },
  {
    words: 'the compliance counts are those of the histories',
    sql: counted(
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
    words: 'the enrolments that succeeded are the devices that came in on the day before',
    sql: counted(
      ['enrollmentActivities', 'devices'],
      `SELECT deviceEnrollmentTypeKey, deviceTypeKey, osVersion, count
       FROM enrollmentActivities WHERE dateKey = @day AND enrollmentEventStatusKey = 1`,
      `SELECT deviceEnrollmentTypeKey, deviceTypeKey, ifnull(osVersion, ''), count(*)
       FROM devices WHERE NOT isDeleted AND enrolledDateTime >= @from AND enrolledDateTime < @until GROUP BY 1, 2, 3`,
    ),
  },
  {
    words: 'the outcomes of a kind of policy are those of its policies',
    sql: counted(
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
    words: 'the verdicts of a compliance policy are its outcomes',
    sql: counted(
      ['compliancePolicyStatusDevicePerPolicyActivities', 'policyTypeActivities'],
      `SELECT policyKey, unknown, compliant, error, nonCompliant + ifnull(inGracePeriod, 0)
       FROM compliancePolicyStatusDevicePerPolicyActivities WHERE dateKey = @day`,
      `SELECT policyKey, pending, succeeded, error, failed FROM policyTypeActivities
       WHERE dateKey = @day AND policyKey IN
         (SELECT policyKey FROM compliancePolicyStatusDevicePerPolicyActivities WHERE dateKey = @day)`,
    ),
  },
];

export const RULES_OF_A_NIGHT: readonly Rule[] = [
  ...DEVICES,
  ...COUNTS,
  ...[...MODEL.entities.values()].flatMap((entity) => rulesOf(entity, storageOf(entity))),
  ...[...MODEL.entities.values()].flatMap(wordsAreThoseOfRows),
];

function counted(of: readonly string[], told: string, again: string): string {
  return `SELECT 1 FROM (${differing(told, again)}) WHERE ${isIn('whole', ...of)}`;
}

function rulesOf(entity: Entity, storage: Storage): readonly Rule[] {
  switch (entity.lifetime) {
    case 'daily':
      return [nightToldWhereBrought(entity), oneRowADay(storage)];
    case 'event':
      return [noCountsWhereNoneBrought(storage)];
    case 'history':
      return [statesFollow(storage), ...lastStateHolds(entity, storage)];
    case 'current':
      return oneVersionHolds(storage);
  }
}

function nightToldWhereBrought({ name }: Entity): Rule {
  return {
    words: `${name} has the night if it was harvested, and only then`,
    sql: `SELECT 1 WHERE (${isIn('told', name)}) <>
      EXISTS (SELECT 1 FROM snapshotDays WHERE collection = '${name}' AND dateKey = @day)`,
  };
}

function noCountsWhereNoneBrought({ entity, roles }: Storage): Rule {
  return {
    words: `${entity.name} has no rows of a night that brought none`,
    sql: `SELECT 1 FROM ${quoted(entity.name)}
      WHERE ${quoted(roles.get('day') ?? '')} = @day AND NOT ${isIn('told', entity.name)}`,
  };
}

function oneRowADay({ entity, roles }: Storage): Rule {
  return {
    words: `a thing has one row of ${entity.name} a day`,
    sql: `SELECT 1 FROM ${quoted(entity.name)} t WHERE ${quoted(roles.get('day') ?? '')} = @day
          GROUP BY ${list(entity.key, 't')} HAVING count(*) > 1`,
  };
}

function statesFollow({ entity, table, identity }: Storage): Rule {
  const things = list(identity, 's');
  return {
    words: `states of ${entity.name} follow each other without gap or overlap, and the last one holds`,
    sql: `SELECT 1 FROM (
            SELECT s.fromKey, s.toKey, lead(s.fromKey, 1, 99991231) OVER (PARTITION BY ${things} ORDER BY s.fromKey) AS next
            FROM ${quoted(table)} s)
          WHERE toKey <> next OR toKey <= fromKey`,
  };
}

/** A collection of states is the history of another, which says the last of them. */
function lastStateHolds(states: Entity, { identity, attributes }: Storage): readonly Rule[] {
  const of = [...MODEL.entities.values()].find(({ history }) => history === states.name);
  if (!of) return [];
  const told = [...identity, ...attributes].filter((name) => name in of.properties);
  return [
    {
      words: `${of.name} says what the last states of ${states.name} say`,
      sql: differing(
        `SELECT ${list(told, 't')} FROM ${quoted(of.name)} t`,
        `SELECT ${list(told, 't')} FROM ${quoted(states.name)} t WHERE t.isCurrent`,
      ),
    },
  ];
}

function oneVersionHolds({ entity, roles }: Storage): readonly Rule[] {
  const [deleted, current] = [roles.get('deleted'), roles.get('current')];
  if (entity.versionsOf === undefined) return [];
  const holds = deleted === undefined ? quoted(current ?? '') : `NOT ${quoted(deleted)}`;
  return [
    {
      words: `one version of each of ${entity.name} holds`,
      sql: `SELECT 1 FROM ${quoted(entity.name)} WHERE ${holds} GROUP BY ${quoted(entity.versionsOf)} HAVING count(*) > 1`,
    },
  ];
}

/** Where rows share their texts, the index of $search knows each of them once. */
function wordsAreThoseOfRows(entity: Entity): readonly Rule[] {
  const index = searchIndexOf(entity);
  if (index?.key !== null) return [];
  const texts = index.columns.map(
    (column) => `SELECT ${quoted(column)} AS text FROM ${quoted(storageOf(entity).table)}`,
  );
  return [
    {
      words: `the texts of ${entity.name} that $search looks through are those of its rows`,
      sql: differing(
        `SELECT text FROM (${texts.join(' UNION ')}) WHERE text IS NOT NULL`,
        `SELECT text FROM ${quoted(index.name)}`,
      ),
    },
  ];
}
