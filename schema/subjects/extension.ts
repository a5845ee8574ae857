// The Intune Management Extension, the agent on Windows devices that runs scripts and installs Win32 apps.
import { entity, int32, navigation, NOT_AVAILABLE_KEY, text } from '../entity.ts';
import { lookupRows } from './lookup-rows.ts';
import { deviceOfFact, snapshotDayOfFact } from './common-properties.ts';

export const intuneManagementExtensionVersions = entity({
  name: 'intuneManagementExtensionVersions',
  singular: 'intuneManagementExtensionVersion',
  lifetime: 'current',
  description: 'Versions of the extension that were ever seen on a device of the tenant.',
  key: ['extensionVersionKey'],
  properties: {
    extensionVersionKey: int32('Key that intuneManagementExtensions refers to as extensionVersionKey.', {
      role: 'surrogate',
    }),
    extensionVersion: text('Version in four parts, for example 1.58.103.0.'),
  },
  rows: [{ extensionVersionKey: NOT_AVAILABLE_KEY, extensionVersion: 'Not Available' }],
});

export const intuneManagementExtensionHealthStates = entity({
  name: 'intuneManagementExtensionHealthStates',
  singular: 'intuneManagementExtensionHealthState',
  lifetime: 'current',
  description: 'Whether the extension works on a device.',
  key: ['extensionStateKey'],
  properties: {
    extensionStateKey: int32('Key that intuneManagementExtensions refers to as extensionStateKey.'),
    extensionState: text('Healthy, Unhealthy, Unknown or Not Available.'),
  },
  rows: lookupRows(
    { id: 'extensionStateKey', key: 'extensionStateKey', name: 'extensionState' },
    { 0: 'Unknown', 1: 'Healthy', 2: 'Unhealthy' },
  ),
});

export const intuneManagementExtensions = entity({
  name: 'intuneManagementExtensions',
  singular: 'intuneManagementExtension',
  lifetime: 'daily',
  vendorDays: 60,
  description:
    'Version and health of the extension on each Windows device, every night. Only of devices that Graph tells apart: not of those that share a name where it tells nothing else, and of none in tenants to which it does not tell this at all.',
  key: ['dateKey', 'deviceKey'],
  properties: {
    dateKey: snapshotDayOfFact,
    tenantKey: int32('The tenant; always the same number, because a warehouse holds one tenant.'),
    deviceKey: deviceOfFact,
    extensionVersionKey: int32(
      'Installed version; joins intuneManagementExtensionVersions.extensionVersionKey.',
      { refers: 'intuneManagementExtensionVersions' },
    ),
    extensionStateKey: int32(
      'Health of the extension; joins intuneManagementExtensionHealthStates.extensionStateKey.',
    ),
  },
  navigations: {
    date: navigation(
      'dates',
      { dateKey: 'dateKey' },
      'intuneManagementExtensions',
      'The night of the snapshot.',
    ),
    device: navigation(
      'devices',
      { deviceKey: 'deviceKey' },
      'intuneManagementExtensions',
      'The Windows device.',
    ),
    intuneManagementExtensionVersion: navigation(
      'intuneManagementExtensionVersions',
      { extensionVersionKey: 'extensionVersionKey' },
      'intuneManagementExtensions',
      'The installed version.',
    ),
    intuneManagementExtensionHealthState: navigation(
      'intuneManagementExtensionHealthStates',
      { extensionStateKey: 'extensionStateKey' },
      'intuneManagementExtensions',
      'The health of the extension.',
    ),
  },
});
