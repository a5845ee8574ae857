// Runs with a few people and their devices in the real model. Their values are distinctive, so that tests can search for them.
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from '@jest/globals';
import type { PrivacySettings } from '../../etl/privacy/privacy-guard.ts';
import { createMaskingSecret, readMaskingSecret } from '../../etl/privacy/masking-secret.ts';
import { openRunContext } from '../../etl/run-context.ts';
import { runEtl, type RunReport } from '../../etl/run-etl.ts';
import { MODEL } from '../../schema/fleetfeed-model.ts';
import { profileOf } from '../../schema/privacy-profile.ts';
import { devicePropertyHistories, devices } from '../../schema/subjects/devices.ts';
import { mamApplicationInstances, mamApplications, mamCheckins } from '../../schema/subjects/mam.ts';
import { termsAndConditions, userTermsAndConditionsAcceptances } from '../../schema/subjects/terms.ts';
import { userDeviceAssociations, userHistories, users } from '../../schema/subjects/users.ts';
import type { Entity, Value } from '../../schema/entity.ts';
import { fixedClock } from '../../src/base/clock.ts';
import { midnightOf, type DateKey } from '../../src/base/date-key.ts';
import { openSqliteWarehouse } from '../../src/engines/sqlite/sqlite-warehouse.ts';
import type { Completeness, StagedRow } from '../../src/engines/staging.ts';
import type { Warehouse } from '../../src/engines/warehouse.ts';
import { select } from '../50-engines/small-model.ts';

export interface TestPerson {
  readonly id: string;
  readonly name: string;
  /** False for a person whom only a device reports. */
  readonly isListed?: boolean;
}

export interface TestDevice {
  readonly id: string;
  readonly name: string;
  readonly owner: string | null;
}

export interface TestPopulation {
  readonly people: readonly TestPerson[];
  readonly devices: readonly TestDevice[];
  /** A problem that a source reports. */
  readonly problem?: string;
}

const ENTITIES: readonly Entity[] = [
  users,
  userHistories,
  devices,
  devicePropertyHistories,
  userDeviceAssociations,
  mamApplications,
  mamApplicationInstances,
  mamCheckins,
  termsAndConditions,
  userTermsAndConditionsAcceptances,
];

function filesIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    statSync(join(folder, name)).isFile(),
  );
}

/** Values that are not given are null, unknown or empty. */
function rowOf(
  { properties }: Entity,
  values: Readonly<Record<string, Value>>,
  naturalKey?: string,
): StagedRow {
  const defaultFor = ({ type, nullable }: Entity['properties'][string]): Value => {
    if (nullable) return null;
    return type === 'Edm.String' ? '' : type === 'Edm.Boolean' ? false : -1;
  };
  const sourced = Object.entries(properties).filter(([, { role }]) => role === undefined);
  const all = sourced.map(([name, property]) => [name, values[name] ?? defaultFor(property)]);
  return { ...(naturalKey === undefined ? {} : { naturalKey }), values: Object.fromEntries(all) };
}

/** All personal values of a person, with the name in them. */
const personValues = ({ id, name, isListed = true }: TestPerson) =>
  isListed
    ? {
        userId: id,
        userPrincipalName: `${name}@contoso.com`,
        userEmail: `${name}.mail@contoso.com`,
        displayName: `${name} Display`,
        intuneLicensed: true,
      }
    : { userId: id };

const deviceValues = ({ id, name, owner }: TestDevice) => ({
  deviceId: id,
  deviceName: `${name}-pc`,
  serialNumber: `${name}-serial`,
  imei: `${name}-imei`,
  phoneNumber: `${name}-phone`,
  wiFiMacAddress: `${name}-mac`,
  ipAddressV4Wifi: `${name}-ip`,
  userId: owner,
  primaryUser: owner,
});

export interface PeopleRuns {
  readonly dataDir: () => string;
  readonly warehouse: () => Warehouse;
  readonly runDay: (
    day: DateKey,
    world: TestPopulation,
    privacy?: Partial<PrivacySettings>,
  ) => Promise<RunReport>;
  readonly rows: (sql: string) => readonly unknown[][];
  /** Files of the folder whose bytes contain the text, in any case. */
  readonly filesWith: (text: string) => readonly string[];
}

/** A warehouse for each test of the file that calls it. */
export function peopleRuns(): PeopleRuns {
  let dataDir = '';
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'fleetfeed-people-'));
  });
  afterEach(() => {
    rmSync(dataDir, { recursive: true });
  });
  const warehouse = (): Warehouse => openSqliteWarehouse({ dataDir, model: MODEL, keepGenerations: 3 });
  return {
    dataDir: () => dataDir,
    warehouse,
    runDay: (day, { people, devices: machines, problem }, privacy = {}) => {
      const run = openRunContext({
        runId: `run-${day}`,
        observe: () => undefined,
        signal: new AbortController().signal,
      });
      return runEtl({
        run,
        warehouse: warehouse(),
        model: MODEL,
        clock: fixedClock(midnightOf(day)),
        thresholds: { maxDrop: 100, maxRise: 1_000_000, maxOrphans: 100 },
        privacy: {
          profile: profileOf('full'),
          secret: readMaskingSecret(dataDir),
          createSecret: () => createMaskingSecret(dataDir),
          eraseLeaversAfterDays: null,
          ...privacy,
        },
        harvest: (staging) => {
          for (const machine of machines) {
            staging.append(devices, [rowOf(devices, deviceValues(machine), machine.id)]);
            const history = { deviceKey: machine.id, deviceName: `${machine.name}-pc` };
            staging.append(devicePropertyHistories, [rowOf(devicePropertyHistories, history)]);
            if (machine.owner === null) continue;
            const association = { userKey: machine.owner, deviceKey: machine.id };
            staging.append(userDeviceAssociations, [rowOf(userDeviceAssociations, association)]);
          }
          const app = { mamApplicationId: 'app', mamApplicationName: 'App' };
          staging.append(mamApplications, [rowOf(mamApplications, app, 'app')]);
          const terms = { termsAndConditionsId: 't', termsAndConditionsVersion: 1 };
          staging.append(termsAndConditions, [rowOf(termsAndConditions, terms, 't')]);
          for (const someone of people) {
            const { id, name } = someone;
            staging.append(users, [rowOf(users, personValues(someone), id)]);
            staging.append(userHistories, [rowOf(userHistories, { ...personValues(someone), userKey: id })]);
            const copyId = `copy-${id.slice(0, 8)}`;
            const copy = { userId: id, applicationInstanceId: copyId, mamDeviceName: `${name}-phone` };
            staging.append(mamApplicationInstances, [rowOf(mamApplicationInstances, copy, copyId)]);
            const checkin = { applicationInstanceKey: copyId, userKey: id, mamApplicationKey: 'app' };
            staging.append(mamCheckins, [rowOf(mamCheckins, checkin)]);
            const acceptance = { userKey: id, termsAndConditionsKey: 't' };
            staging.append(userTermsAndConditionsAcceptances, [
              rowOf(userTermsAndConditionsAcceptances, acceptance),
            ]);
          }
          const completeness = new Map<string, Completeness>(ENTITIES.map(({ name }) => [name, 'complete']));
          if (problem !== undefined) run.reportProblem({ source: 'somewhere', message: problem });
          return Promise.resolve(completeness);
        },
      });
    },
    rows: (sql) => select(dataDir, sql).map(Object.values),
    filesWith: (text) =>
      filesIn(dataDir).filter((name) =>
        readFileSync(join(dataDir, name)).toString('latin1').toLowerCase().includes(text.toLowerCase()),
      ),
  };
}
