// Apps that the tenant distributes, and how their installation goes.
import {
  entity,
  instantOrNull,
  int32,
  int32OrNull,
  int64OrNull,
  navigation,
  NOT_AVAILABLE_KEY,
  text,
  textOrNull,
  bool,
} from '../entity.ts';
import { lookupRows } from './lookup-rows.ts';
import { endOfRow, snapshotDayOfFact, rowModified, startOfRow } from './common-properties.ts';

export const appTypes = entity({
  name: 'appTypes',
  singular: 'appType',
  lifetime: 'current',
  description: 'Kinds of app by platform and origin. Numbers from 100 are ours, for kinds that came later.',
  key: ['appTypeID'],
  properties: {
    appTypeID: int32('Number of the kind of app; -1 stands for not available.'),
    appTypeKey: int32('Key that appRevisions refers to as appTypeKey.'),
    appTypeName: text('Name of the kind, for example iOS store app.'),
  },
  rows: lookupRows(
    { id: 'appTypeID', key: 'appTypeKey', name: 'appTypeName' },
    {
      0: 'Android store app',
      1: 'Android LOB app',
      2: 'Managed Android store app (MAM)',
      3: 'iOS store app',
      4: 'iOS LOB app',
      5: 'Managed iOS store app (MAM)',
      6: 'Microsoft 365 Apps for enterprise',
      7: 'Web app',
      8: 'Windows Phone 8.1 store app',
      9: 'Windows store app',
      10: 'Windows LOB apps',
      11: 'Windows Mobile MSI',
      12: 'Windows Phone LOB app',
      100: 'Other app',
      101: 'Managed Google Play store app',
      102: 'Android for Work app',
      103: 'macOS LOB app',
      104: 'macOS disk image app',
      105: 'macOS package app',
      106: 'macOS volume-purchased app',
      107: 'Microsoft 365 Apps for macOS',
      108: 'Microsoft Edge for macOS',
      109: 'Microsoft Defender for Endpoint for macOS',
      110: 'Microsoft Edge for Windows',
    },
  ),
});

export const vppProgramTypes = entity({
  name: 'vppProgramTypes',
  singular: 'vppProgramType',
  lifetime: 'current',
  description: 'Volume purchase programmes by which app licences are bought.',
  key: ['vppProgramTypeId'],
  properties: {
    vppProgramTypeId: text('Id of the programme, a GUID as text; all zeros where an app belongs to none.'),
    vppProgramTypeKey: int32('Key that appRevisions refers to; -1 on the row of all zeros.'),
    vppProgramTypeName: text('Apple, Microsoft or Not Yet Available.'),
  },
  rows: [
    {
      vppProgramTypeId: '00000000-0000-0000-0000-000000000000',
      vppProgramTypeKey: NOT_AVAILABLE_KEY,
      vppProgramTypeName: 'Not Yet Available',
    },
    {
      vppProgramTypeId: '3DDA2474-470B-4503-9830-2665C21C1945',
      vppProgramTypeKey: 1,
      vppProgramTypeName: 'Microsoft',
    },
    {
      vppProgramTypeId: 'B54814E0-68EA-4BA4-8088-B5AAB58E737B',
      vppProgramTypeKey: 2,
      vppProgramTypeName: 'Apple',
    },
  ],
});

export const appRevisions = entity({
  name: 'appRevisions',
  singular: 'appRevision',
  lifetime: 'current',
  versionsOf: 'applicationId',
  description:
    'Apps that the tenant distributes, one row for each revision that the warehouse has seen. Win32 apps are not included.',
  key: ['appKey', 'revision'],
  properties: {
    appKey: int32('The warehouse’s own number of this revision of the app; facts refer to it.', {
      role: 'surrogate',
    }),
    applicationId: text('Id of the app in Intune, a GUID as text; the same in all its revisions.'),
    revision: int32('Revision of the content, rising with each upload; 1 for apps without uploaded content.'),
    title: textOrNull('Name of the app as the admins gave it.'),
    publisher: textOrNull('Publisher as the admins or the store gave it.'),
    uploadState: int32OrNull('Whether the app is ready to install: 0 not ready, 1 ready, 2 being processed.'),
    appTypeKey: int32('Kind of app; joins appTypes.appTypeKey.'),
    vppProgramTypeKey: int32(
      'Volume purchase programme of the licences; joins vppProgramTypes.vppProgramTypeKey, -1 for none.',
    ),
    creationTime: instantOrNull('When the app was added to Intune, in UTC.'),
    modifiedTime: instantOrNull('When the app was last changed in Intune, in UTC.'),
    size: int64OrNull('Size of the uploaded content in bytes; null for store and web apps.'),
    startDateInclusiveUTC: startOfRow,
    endDateExclusiveUTC: endOfRow,
    isCurrent: bool('True for the newest revision of an app that is still in Intune.', { role: 'current' }),
    rowLastModifiedDateTimeUTC: rowModified,
  },
  navigations: {
    appType: navigation('appTypes', { appTypeKey: 'appTypeKey' }, 'appRevisions', 'The kind of app.'),
    vppProgramType: navigation(
      'vppProgramTypes',
      { vppProgramTypeKey: 'vppProgramTypeKey' },
      'appRevisions',
      'The programme by which licences are bought.',
    ),
  },
});

const installState = (
  appInstallStateKey: number,
  appInstallState: number | null,
  appInstallStateName: string,
) => ({ appInstallStateKey, appInstallState, appInstallStateName });

export const mobileAppInstallStates = entity({
  name: 'mobileAppInstallStates',
  singular: 'mobileAppInstallState',
  lifetime: 'current',
  description: 'States that the installation of an app can be in.',
  key: ['appInstallStateKey'],
  properties: {
    appInstallStateKey: int32(
      'Key that mobileAppInstallStatusCounts refers to; -1 stands for not available.',
    ),
    appInstallState: int32OrNull(
      'Number of the state in Intune, where -1 means not applicable; null on the row for not available.',
    ),
    appInstallStateName: text('Name of the state: Installed, Failed, PendingInstall and so on.'),
  },
  rows: [
    installState(NOT_AVAILABLE_KEY, null, 'Not Available'),
    // Intune's own number is -1, which is already the key for "nothing known".
    installState(0, -1, 'NotApplicable'),
    installState(1, 1, 'Installed'),
    installState(2, 2, 'Failed'),
    installState(3, 3, 'NotInstalled'),
    installState(4, 4, 'UninstallFailed'),
    installState(5, 5, 'PendingInstall'),
    installState(99, 99, 'Unknown'),
  ],
});

export const mobileAppInstallStatusCounts = entity({
  name: 'mobileAppInstallStatusCounts',
  singular: 'mobileAppInstallStatusCount',
  lifetime: 'event',
  description:
    'Devices by app, kind of device and state of the installation, counted each night. Only report exports tell it: a night on which they are refused, or switched off, has no rows.',
  key: ['dateKey', 'appKey', 'deviceTypeKey', 'appInstallStateKey', 'errorCode'],
  properties: {
    dateKey: snapshotDayOfFact,
    appKey: int32('The app in its revision of that night; joins appRevisions.appKey.', {
      refers: 'appRevisions',
    }),
    deviceTypeKey: int32(
      'Kind of the devices; joins deviceTypes.deviceTypeKey, -1 where the source counted several kinds together.',
    ),
    appInstallStateKey: int32('State of the installation; joins mobileAppInstallStates.appInstallStateKey.'),
    errorCode: int32(
      'Error code of the installer or the platform, signed; read it as hexadecimal. 0 when there was no error, -1 when the source counted failures without their codes.',
    ),
    count: int32('Number of devices with all the values of this row.'),
  },
  navigations: {
    date: navigation(
      'dates',
      { dateKey: 'dateKey' },
      'mobileAppInstallStatusCounts',
      'The night of the counts.',
    ),
    appRevision: navigation(
      'appRevisions',
      { appKey: 'appKey' },
      'mobileAppInstallStatusCounts',
      'The app in its revision of that night.',
    ),
    deviceType: navigation(
      'deviceTypes',
      { deviceTypeKey: 'deviceTypeKey' },
      'mobileAppInstallStatusCounts',
      'Kind of the devices.',
    ),
    mobileAppInstallState: navigation(
      'mobileAppInstallStates',
      { appInstallStateKey: 'appInstallStateKey' },
      'mobileAppInstallStatusCounts',
      'State of the installation.',
    ),
  },
});
