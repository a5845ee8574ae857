// Where users, their histories and their devices come from: the directory's list of users and the owners of devices.
import { userDeviceAssociations, userHistories, users } from '../../schema/subjects/users.ts';
import type { Resource } from '../graph/read-pages.ts';
import { streamOf } from '../stream.ts';
import { idOf, textOf } from '../transform/graph-values.ts';

const SELECTED = ['id', 'userPrincipalName', 'mail', 'displayName', 'assignedPlans'] as const;

export const GRAPH_USERS = `/v1.0/users?$select=${SELECTED.join(',')}&$top=999`;

/** A page of one row, with the count of all. */
export const GRAPH_USER_COUNT = '/v1.0/users?$select=id&$top=1&$count=true';

export type GraphUser = Resource<(typeof SELECTED)[number]>;

/** The service plans that license Intune: Intune itself, and Intune for Education. */
export const INTUNE_PLANS: readonly string[] = [
  'c1ec4a95-1f05-45b3-a911-aa3fa01094f5',
  'da24caf9-af8e-485c-b7c8-e73336da2693',
];

const ACTIVE_PLAN_STATES: ReadonlySet<unknown> = new Set(['Enabled', 'Warning']);

/** A user, or a placeholder (all null except the id) for an owner of a device who is not in the directory. */
export interface UserRecord {
  readonly userId: string;
  readonly userEmail: string | null;
  readonly userPrincipalName: string | null;
  readonly displayName: string | null;
  readonly intuneLicensed: boolean | null;
}

export function userRecord(user: GraphUser, intunePlans: readonly string[]): UserRecord {
  return {
    userId: idOf(user.id) ?? user.id,
    userEmail: textOf(user.mail),
    userPrincipalName: textOf(user.userPrincipalName),
    displayName: textOf(user.displayName),
    intuneLicensed: isLicensed(user.assignedPlans, intunePlans),
  };
}

export function placeholderUser(userId: string): UserRecord {
  return { userId, userEmail: null, userPrincipalName: null, displayName: null, intuneLicensed: null };
}

export const userStream = streamOf<UserRecord>()(users, {
  naturalKey: (user) => user.userId,
  sources: {
    userId: (user) => user.userId,
    userEmail: (user) => user.userEmail,
    userPrincipalName: (user) => user.userPrincipalName,
    displayName: (user) => user.displayName,
    intuneLicensed: (user) => user.intuneLicensed,
  },
});

export const userHistoryStream = streamOf<UserRecord>()(userHistories, {
  sources: { userKey: (user) => user.userId, ...userStream.sources },
});

export interface DeviceOwner {
  readonly userId: string;
  readonly deviceId: string;
}

/** Graph does not have the start: it is the first snapshot day with the association. */
export const userDeviceAssociationStream = streamOf<DeviceOwner>()(userDeviceAssociations, {
  sources: {
    userKey: ({ userId }) => userId,
    deviceKey: ({ deviceId }) => deviceId,
  },
});

function isLicensed(assignedPlans: unknown, intunePlans: readonly string[]): boolean | null {
  if (!Array.isArray(assignedPlans)) return null;
  return assignedPlans.some((plan: { servicePlanId?: unknown; capabilityStatus?: unknown } | null) => {
    const id = idOf(plan?.servicePlanId);
    return id !== null && intunePlans.includes(id) && ACTIVE_PLAN_STATES.has(plan?.capabilityStatus);
  });
}
