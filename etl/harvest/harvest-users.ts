// Reads the people: everyone with an Intune licence or a device, and who has which device.
import type { Completeness, Stage } from '../../src/engines/stage.ts';
import { countedOf, pagesOf } from '../graph/pages.ts';
import {
  GRAPH_USER_COUNT,
  GRAPH_USERS,
  placeholderUser,
  userDeviceAssociationStream,
  userHistoryStream,
  userRecord,
  userStream,
} from '../streams/users.ts';
import type { GraphUser, UserRecord } from '../streams/users.ts';
import { rowMaker } from '../transform/staged-row.ts';
import type { KnownDevices } from './harvest-devices.ts';
import { inPages } from './in-pages.ts';
import { isWhole } from './is-whole.ts';
import type { Tools } from './tools.ts';

/** Of the people in the warehouse: some hundred bytes each. */
export interface KnownUsers {
  /** By the name they sign in with, in lower case. */
  readonly idByPrincipalName: ReadonlyMap<string, string>;
  readonly completeness: Completeness;
}

const toUser = rowMaker(userStream);
const toHistory = rowMaker(userHistoryStream);
const toAssociation = rowMaker(userDeviceAssociationStream);

/** Comes after the devices, since it keeps of the directory only whom it needs. */
export async function harvestUsers(
  { graph, stage, ledger }: Tools,
  devices: KnownDevices,
  intunePlans: readonly string[],
): Promise<KnownUsers> {
  const idByPrincipalName = new Map<string, string>();
  /** Of devices, until the directory names them. */
  const owners = new Set<string>();
  for (const { userId } of devices.byId.values()) if (userId !== null) owners.add(userId);
  const append = (people: readonly UserRecord[]): void => {
    stage.append(userStream.entity, people.map(toUser));
    stage.append(userHistoryStream.entity, people.map(toHistory));
  };

  let counted: number | null = null;
  await ledger.attempt([], GRAPH_USER_COUNT, async () => {
    counted = await countedOf(graph, GRAPH_USER_COUNT);
    return 'complete';
  });
  /** Of the whole directory. */
  const listed = new Set<string>();
  const entities = [userStream.entity, userHistoryStream.entity];
  const completeness = await ledger.attempt(entities, GRAPH_USERS, async (gained) => {
    for await (const page of pagesOf<GraphUser>(graph, GRAPH_USERS, counted)) {
      for (const { id } of page) listed.add(id);
      const people = page
        .map((user) => userRecord(user, intunePlans))
        .filter(({ userId, intuneLicensed }) => intuneLicensed === true || owners.has(userId));
      for (const { userId, userPrincipalName } of people) {
        owners.delete(userId);
        if (userPrincipalName !== null) idByPrincipalName.set(userPrincipalName.toLowerCase(), userId);
      }
      append(people);
      gained();
    }
    for (const page of inPages(strangers(stage, owners))) append(page.map(placeholderUser));
    // Without all devices, someone without a licence may own one that was not seen.
    const listing = { address: GRAPH_USERS, things: 'people', listed: listed.size, counted };
    return isWhole(listing, ledger) && devices.completeness === 'complete' ? 'complete' : 'partial';
  });

  for (const page of inPages(devices.byId)) {
    const associations = page.flatMap(([deviceId, { userId }]) =>
      userId === null ? [] : [toAssociation({ userId, deviceId })],
    );
    stage.append(userDeviceAssociationStream.entity, associations);
  }
  ledger.mark([userDeviceAssociationStream.entity], devices.completeness);
  return { idByPrincipalName, completeness };
}

/**
 * Of the owners of devices whom the directory does not know, those whom the warehouse never did know by name. Those who
 * left are not among them: they are found gone, and keep their last state.
 */
function strangers(stage: Stage, unknownOwners: ReadonlySet<string>): ReadonlySet<string> {
  const strange = new Set<unknown>(unknownOwners);
  if (strange.size === 0) return unknownOwners;
  for (const { userId, userPrincipalName, intuneLicensed } of stage.existing(userStream.entity)) {
    // Whoever was erased has no name, and neither has anyone where names are not kept.
    if (userPrincipalName !== null || intuneLicensed !== null) strange.delete(userId);
  }
  return new Set([...unknownOwners].filter((userId) => strange.has(userId)));
}
