// Where apps and the state of their installations come from: Intune's list of apps, and two reports.
import {
  appRevisions,
  appTypes,
  mobileAppInstallStates,
  mobileAppInstallStatusCounts,
} from '../../schema/subjects/apps.ts';
import { NOT_AVAILABLE_KEY } from '../../schema/entity.ts';
import type { ExportReport, ExportRow } from '../graph/export/export-job.ts';
import type { Resource } from '../graph/read-pages.ts';
import { streamOf } from '../stream.ts';
import type { KeyOf, Lookup } from '../transform/lookups.ts';
import { bytesOf, countOf, instantOf, textOf } from '../transform/graph-values.ts';

/** Beta, since v1.0 has no uploadState. Without $select, since the types of app have different properties. */
export const MOBILE_APPS = '/beta/deviceAppManagement/mobileApps';

export type GraphMobileApp = Resource<
  | '@odata.type'
  | 'displayName'
  | 'publisher'
  | 'uploadState'
  | 'publishingState'
  | 'committedContentVersion'
  | 'size'
  | 'createdDateTime'
  | 'lastModifiedDateTime'
  | 'bundleId'
  | 'packageId'
>;

/** The vendor's warehouse does not have Win32 apps. */
export function isWarehouseApp(app: GraphMobileApp): boolean {
  return !typeOf(app).startsWith('win32');
}

/** The vendor's numbers of types. New types get theirs from the lookup. */
const APP_TYPE: Lookup = {
  entity: appTypes,
  properties: { id: 'appTypeID', key: 'appTypeKey', name: 'appTypeName' },
  aliases: {
    androidStoreApp: 0,
    androidLobApp: 1,
    managedAndroidStoreApp: 2,
    managedAndroidLobApp: 2,
    iosStoreApp: 3,
    iosVppApp: 3,
    iosLobApp: 4,
    managedIOSStoreApp: 5,
    managedIOSLobApp: 5,
    officeSuiteApp: 6,
    webApp: 7,
    windowsWebApp: 7,
    iosiPadOSWebClip: 7,
    macOSWebClip: 7,
    windowsPhone81StoreApp: 8,
    windowsStoreApp: 9,
    microsoftStoreForBusinessApp: 9,
    winGetApp: 9,
    windowsAppX: 10,
    windowsUniversalAppX: 10,
    windowsMobileMSI: 11,
    windowsPhoneXAP: 12,
    windowsPhone81AppX: 12,
    windowsPhone81AppXBundle: 12,
    androidManagedStoreApp: 101,
    androidForWorkApp: 102,
    macOSLobApp: 103,
    macOSDmgApp: 104,
    macOSPkgApp: 105,
    macOsVppApp: 106,
    macOSOfficeSuiteApp: 107,
    macOSMicrosoftEdgeApp: 108,
    macOSMicrosoftDefenderApp: 109,
    windowsMicrosoftEdgeApp: 110,
  },
};

const VPP_MICROSOFT = 1;
const VPP_APPLE = 2;
const VPP_PROGRAM: Readonly<Record<string, number>> = {
  iosVppApp: VPP_APPLE,
  macOsVppApp: VPP_APPLE,
  microsoftStoreForBusinessApp: VPP_MICROSOFT,
};

/** The uploadState of v1.0, for services that do not send its number. */
const UPLOAD_STATE: Readonly<Record<string, number>> = { notPublished: 0, published: 1, processing: 2 };

function typeOf(app: GraphMobileApp): string {
  return (textOf(app['@odata.type']) ?? '').replace('#microsoft.graph.', '');
}

/** An app without content has one revision. */
export function revisionOf({ committedContentVersion }: GraphMobileApp): number {
  const revision = Number(textOf(committedContentVersion) ?? 1);
  return Number.isSafeInteger(revision) && revision >= 0 ? revision : 1;
}

export function appNaturalKey(applicationId: string, revision: number): string {
  return `${applicationId}:${revision}`;
}

export interface AppRevisionRecord {
  readonly app: GraphMobileApp;
  readonly keyOf: KeyOf;
}

export const appRevisionStream = streamOf<AppRevisionRecord>()(appRevisions, {
  naturalKey: ({ app }) => appNaturalKey(app.id, revisionOf(app)),
  sources: {
    applicationId: ({ app }) => app.id,
    revision: ({ app }) => revisionOf(app),
    title: ({ app }) => textOf(app.displayName),
    publisher: ({ app }) => textOf(app.publisher),
    uploadState: ({ app }) => uploadStateOf(app),
    appTypeKey: ({ app, keyOf }) => keyOf(APP_TYPE, typeOf(app)),
    vppProgramTypeKey: ({ app }) => VPP_PROGRAM[typeOf(app)] ?? NOT_AVAILABLE_KEY,
    creationTime: ({ app }) => instantOf(app.createdDateTime),
    modifiedTime: ({ app }) => instantOf(app.lastModifiedDateTime),
    size: ({ app }) => bytesOf(app.size),
  },
});

function uploadStateOf({ uploadState, publishingState }: GraphMobileApp): number | null {
  if (typeof uploadState === 'number') return countOf(uploadState);
  return UPLOAD_STATE[textOf(publishingState) ?? ''] ?? null;
}

const INSTALL_STATE: Lookup = {
  entity: mobileAppInstallStates,
  properties: { id: 'appInstallState', key: 'appInstallStateKey', name: 'appInstallStateName' },
  // Intune's own number for it means "not available" in a warehouse.
  aliases: { '-1': 0 },
};

/** One row for each app and device; the only source of error codes. */
export const INSTALL_STATUS_REPORT: ExportReport<
  'ApplicationId' | 'DeviceId' | 'InstallState' | 'ErrorCode'
> = {
  name: 'OrgDeviceInstallStatus',
  select: ['ApplicationId', 'DeviceId', 'InstallState', 'ErrorCode'],
  requiredColumn: 'ApplicationId',
};

/** The state and error code that a device is counted by. */
export interface InstallOutcome {
  readonly stateKey: number;
  readonly errorCode: number;
}

export function installOutcomeOf(
  { InstallState, ErrorCode }: ExportRow<'InstallState' | 'ErrorCode'>,
  keyOf: KeyOf,
): InstallOutcome {
  // The same code may be signed, unsigned or hexadecimal.
  return { stateKey: keyOf(INSTALL_STATE, InstallState), errorCode: Number(ErrorCode ?? 0) | 0 };
}

/** One row for each app, with counts by state. */
export const INSTALL_COUNTS_REPORT: ExportReport<
  | 'ApplicationId'
  | 'Platform'
  | 'InstalledDeviceCount'
  | 'FailedDeviceCount'
  | 'PendingInstallDeviceCount'
  | 'NotApplicableDeviceCount'
  | 'NotInstalledDeviceCount'
> = {
  name: 'AppInstallStatusAggregate',
  select: [
    'ApplicationId',
    'Platform',
    'InstalledDeviceCount',
    'FailedDeviceCount',
    'PendingInstallDeviceCount',
    'NotApplicableDeviceCount',
    'NotInstalledDeviceCount',
  ],
  requiredColumn: 'ApplicationId',
};

type InstallationCounts =
  typeof INSTALL_COUNTS_REPORT extends ExportReport<infer Column> ? ExportRow<Column> : never;

const UNREPORTED_ERROR_CODE = -1;

const COUNTED_STATES: readonly (readonly [column: keyof InstallationCounts, state: string, error: number])[] =
  [
    ['InstalledDeviceCount', 'Installed', 0],
    ['FailedDeviceCount', 'Failed', UNREPORTED_ERROR_CODE],
    ['PendingInstallDeviceCount', 'PendingInstall', 0],
    ['NotApplicableDeviceCount', 'NotApplicable', 0],
    ['NotInstalledDeviceCount', 'NotInstalled', 0],
  ];

/** Platforms with only one type of device: platform → key of the type. */
const DEVICE_TYPE_OF_PLATFORM: Readonly<Record<string, number>> = { 3: 14, 5: 1 };

/** Without counts of zero. */
export function installCountsOf(
  row: InstallationCounts,
  appNaturalKey: string,
  keyOf: KeyOf,
): readonly InstallCount[] {
  return COUNTED_STATES.flatMap(([column, state, errorCode]): readonly InstallCount[] => {
    const devices = Number(row[column] ?? 0);
    if (!(devices > 0)) return [];
    const deviceTypeKey = DEVICE_TYPE_OF_PLATFORM[row.Platform ?? ''] ?? NOT_AVAILABLE_KEY;
    const stateKey = keyOf(INSTALL_STATE, state);
    return [{ appNaturalKey, deviceTypeKey, stateKey, errorCode, devices }];
  });
}

export interface InstallCount extends InstallOutcome {
  /** Of the current revision. */
  readonly appNaturalKey: string;
  readonly deviceTypeKey: number;
  readonly devices: number;
}

export const installCountStream = streamOf<InstallCount>()(mobileAppInstallStatusCounts, {
  sources: {
    appKey: (count) => count.appNaturalKey,
    deviceTypeKey: ({ deviceTypeKey }) => deviceTypeKey,
    appInstallStateKey: ({ stateKey }) => stateKey,
    errorCode: ({ errorCode }) => errorCode,
    count: ({ devices }) => devices,
  },
});
