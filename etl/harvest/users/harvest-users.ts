// Reads the users with an Intune licence or a device, and who owns which device.
import type { Completeness, Staging } from '../../../src/engines/staging.ts';
import { readCount, readPages } from '../../graph/read-pages.ts';
import {
  GRAPH_USER_COUNT,
  GRAPH_USERS,
  placeholderUser,
  userDeviceAssociationStream,
  userHistoryStream,
  userRecord,
  userStream,
  type GraphUser,
  type UserRecord,
} from '../../streams/users.ts';
import { makeRowMapper } from '../../transform/row-mapper.ts';
import type { Fleet } from '../memory/fleet.ts';
import type { KnownDevices } from '../devices/harvest-devices.ts';
import { inPages } from '../in-pages.ts';
import { isCompleteList } from '../is-complete-list.ts';
import { makeInt32List, type Int32List } from '../memory/int32-list.ts';
import { makeStringPool } from '../memory/string-pool.ts';
import type { HarvestContext } from '../harvest-context.ts';

/** The users in the warehouse: a hundred bytes each. */
export interface KnownUsers {
  /** By user principal name, ignoring case; null when no user in the warehouse has it. */
  userIdOf(principalName: string): string | null;
  readonly completeness: Completeness;
}

const toUser = makeRowMapper(userStream);
const toHistory = makeRowMapper(userHistoryStream);
const toAssociation = makeRowMapper(userDeviceAssociationStream);

/** Needs the devices: users without a licence are stored only if they own one. */
export async function harvestUsers(
  context: HarvestContext,
  devices: KnownDevices,
  intunePlans: readonly string[],
): Promise<KnownUsers> {
  const { graph, staging, results } = context;
  const { fleet } = devices;
  const { userIds } = fleet;
  const ownerCount = userIds.count;
  const isOwner = (userId: string): boolean => {
    const userIndex = userIds.find(userId);
    return userIndex >= 0 && userIndex < ownerCount;
  };
  /** 1 for users that the directory lists. */
  const isInDirectory = makeInt32List();
  const principalNames = makeStringPool();
  /** By the number of the principal name: the index of its user plus one. */
  const userOfName = makeInt32List();
  const append = (records: readonly UserRecord[]): void => {
    staging.append(userStream.entity, records.map(toUser));
    staging.append(userHistoryStream.entity, records.map(toHistory));
  };

  let counted: number | null = null;
  await results.readSource([], GRAPH_USER_COUNT, async () => {
    counted = await readCount(graph, GRAPH_USER_COUNT);
    return 'complete';
  });
  /** Ids of all users in the directory. */
  const listedIds = makeStringPool();
  const entities = [userStream.entity, userHistoryStream.entity];
  const completeness = await results.readSource(entities, GRAPH_USERS, async (onRows) => {
    for await (const page of readPages<GraphUser>(context, GRAPH_USERS, counted)) {
      for (const { id } of page) listedIds.add(id);
      const licensedOrOwning = page
        .map((user) => userRecord(user, intunePlans))
        .filter(({ userId, intuneLicensed }) => intuneLicensed === true || isOwner(userId));
      for (const { userId, userPrincipalName } of licensedOrOwning) {
        const userIndex = userIds.add(userId);
        isInDirectory.set(userIndex, 1);
        if (userPrincipalName === null) continue;
        userOfName.set(principalNames.add(userPrincipalName.toLowerCase()), userIndex + 1);
      }
      append(licensedOrOwning);
      onRows();
    }
    const unknownIds = unknownOwners(fleet, isInDirectory);
    for (const page of inPages(neverKnownUsers(staging, unknownIds))) append(page.map(placeholderUser));
    // If devices are missing, so may users without a licence who own them.
    const listCounts = { address: GRAPH_USERS, noun: 'people', listed: listedIds.count, counted };
    return isCompleteList(listCounts, results) && devices.completeness === 'complete'
      ? 'complete'
      : 'partial';
  });

  for (const page of inPages(fleet)) {
    const associations = page.flatMap(({ deviceId, userId }) =>
      userId === null ? [] : [toAssociation({ userId, deviceId })],
    );
    staging.append(userDeviceAssociationStream.entity, associations);
  }
  results.mark([userDeviceAssociationStream.entity], devices.completeness);
  return {
    completeness,
    userIdOf(principalName) {
      const userIndex = userOfName.at(principalNames.find(principalName.toLowerCase())) - 1;
      return userIndex < 0 ? null : userIds.at(userIndex);
    },
  };
}

/** Owners of devices who are not in the directory. */
function unknownOwners(fleet: Fleet, isInDirectory: Int32List): ReadonlySet<string> {
  const unknown = new Set<string>();
  for (const { userId } of fleet) {
    if (userId !== null && isInDirectory.at(fleet.userIds.find(userId)) === 0) unknown.add(userId);
  }
  return unknown;
}

/**
 * The unknown owners whom the warehouse never had from the directory. The others have left: they are marked as deleted
 * and keep their last state.
 */
function neverKnownUsers(staging: Staging, unknownOwners: ReadonlySet<string>): ReadonlySet<string> {
  const neverKnown = new Set<unknown>(unknownOwners);
  if (neverKnown.size === 0) return unknownOwners;
  for (const { userId, userPrincipalName, intuneLicensed } of staging.baseRows(userStream.entity)) {
    // An erased user has no name, and with some privacy profiles no user has.
    if (userPrincipalName !== null || intuneLicensed !== null) neverKnown.delete(userId);
  }
  return new Set([...unknownOwners].filter((userId) => neverKnown.has(userId)));
}
