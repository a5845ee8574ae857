// Reads the people: everyone with an Intune licence or a device, and who has which device.
import type { Completeness, GenerationBuild } from '../../src/engines/generation-build.ts';
import { countedOf, pagesOf } from '../graph/pages.ts';
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
} from '../streams/users.ts';
import { rowMaker } from '../transform/staged-row.ts';
import type { Fleet } from './fleet.ts';
import type { KnownDevices } from './harvest-devices.ts';
import { inPages } from './in-pages.ts';
import { isWhole } from './is-whole.ts';
import { makeNumbers, type Numbers } from './numbers.ts';
import { makeTexts } from './texts.ts';
import type { Tools } from './tools.ts';

/** Of the people in the warehouse: a hundred bytes each. */
export interface KnownUsers {
  /** Of whom signs in with the name, in whatever case; null for nobody in the warehouse. */
  idOf(principalName: string): string | null;
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
  const { fleet } = devices;
  const { people } = fleet;
  const owners = people.count;
  const isOwner = (userId: string): boolean => {
    const number = people.find(userId);
    return number >= 0 && number < owners;
  };
  /** 1 for whom the directory names. */
  const named = makeNumbers();
  const principalNames = makeTexts();
  /** By the number of the principal name, one more than that of who has it. */
  const havers = makeNumbers();
  const append = (records: readonly UserRecord[]): void => {
    stage.append(userStream.entity, records.map(toUser));
    stage.append(userHistoryStream.entity, records.map(toHistory));
  };

  let counted: number | null = null;
  await ledger.attempt([], GRAPH_USER_COUNT, async () => {
    counted = await countedOf(graph, GRAPH_USER_COUNT);
    return 'complete';
  });
  /** Of the whole directory. */
  const listed = makeTexts();
  const entities = [userStream.entity, userHistoryStream.entity];
  const completeness = await ledger.attempt(entities, GRAPH_USERS, async (gained) => {
    for await (const page of pagesOf<GraphUser>(graph, GRAPH_USERS, counted)) {
      for (const { id } of page) listed.add(id);
      const wanted = page
        .map((user) => userRecord(user, intunePlans))
        .filter(({ userId, intuneLicensed }) => intuneLicensed === true || isOwner(userId));
      for (const { userId, userPrincipalName } of wanted) {
        const person = people.add(userId);
        named.set(person, 1);
        if (userPrincipalName === null) continue;
        havers.set(principalNames.add(userPrincipalName.toLowerCase()), person + 1);
      }
      append(wanted);
      gained();
    }
    const unknown = unknownOwners(fleet, named);
    for (const page of inPages(strangers(stage, unknown))) append(page.map(placeholderUser));
    // Without all devices, someone without a licence may own one that was not seen.
    const listing = { address: GRAPH_USERS, things: 'people', listed: listed.count, counted };
    return isWhole(listing, ledger) && devices.completeness === 'complete' ? 'complete' : 'partial';
  });

  for (const page of inPages(fleet)) {
    const associations = page.flatMap(({ deviceId, userId }) =>
      userId === null ? [] : [toAssociation({ userId, deviceId })],
    );
    stage.append(userDeviceAssociationStream.entity, associations);
  }
  ledger.mark([userDeviceAssociationStream.entity], devices.completeness);
  return {
    completeness,
    idOf(principalName) {
      const haver = havers.at(principalNames.find(principalName.toLowerCase())) - 1;
      return haver < 0 ? null : people.at(haver);
    },
  };
}

/** Owners of devices whom the directory does not name. */
function unknownOwners(fleet: Fleet, named: Numbers): ReadonlySet<string> {
  const unknown = new Set<string>();
  for (const { userId } of fleet) {
    if (userId !== null && named.at(fleet.people.find(userId)) === 0) unknown.add(userId);
  }
  return unknown;
}

/**
 * Of the owners of devices whom the directory does not know, those whom the warehouse never did know by name. Those who
 * left are not among them: they are found gone, and keep their last state.
 */
function strangers(stage: GenerationBuild, unknownOwners: ReadonlySet<string>): ReadonlySet<string> {
  const strange = new Set<unknown>(unknownOwners);
  if (strange.size === 0) return unknownOwners;
  for (const { userId, userPrincipalName, intuneLicensed } of stage.baseRows(userStream.entity)) {
    // Whoever was erased has no name, and neither has anyone where names are not kept.
    if (userPrincipalName !== null || intuneLicensed !== null) strange.delete(userId);
  }
  return new Set([...unknownOwners].filter((userId) => strange.has(userId)));
}
