// Users, the states they went through, and the devices they use.
import {
  entity,
  int32,
  instant,
  instantOrNull,
  navigation,
  text,
  textOrNull,
  bool,
  boolOrNull,
} from '../entity.ts';
import { deviceOfFact, rowModified } from './common-properties.ts';

export const users = entity({
  name: 'users',
  singular: 'user',
  lifetime: 'current',
  mustNotBeEmpty: true,
  history: 'userHistories',
  person: 'userId',
  description:
    'Everyone who has an Intune licence or a managed device, one row a person in the latest state. People who left stay, with isDeleted true; userHistories has what changed and when.',
  key: ['userKey'],
  properties: {
    userKey: int32(
      'The warehouse’s own number of the user, the same every night and kept when a user comes back.',
      {
        role: 'surrogate',
      },
    ),
    userId: text(
      'Object id of the user in Microsoft Entra, a GUID as text; unique here. devices.userId joins it.',
      {
        personal: 'id',
      },
    ),
    userEmail: textOrNull('Mail address; null for accounts without a mailbox.', { personal: 'mail' }),
    userPrincipalName: textOrNull(
      'Sign-in name, usually in the form of a mail address; changes when people marry or move.',
      {
        personal: 'upn',
      },
    ),
    displayName: textOrNull('Name as the directory shows it.', { personal: 'name' }),
    intuneLicensed: boolOrNull(
      'Whether a plan that includes Intune is active for the user; null when plans could not be read.',
    ),
    isDeleted: bool(
      'True once the user left the directory or lost the last licence; the last known state is kept.',
      {
        role: 'deleted',
      },
    ),
    rowLastModifiedDateTimeUTC: rowModified,
  },
});

export const userHistories = entity({
  name: 'userHistories',
  singular: 'userHistory',
  lifetime: 'history',
  description:
    'The states each user went through: one row per user and unbroken stretch of days in which nothing changed. Days between joining, leaving and coming back are all covered.',
  key: ['userKey', 'startDateKey'],
  properties: {
    userKey: int32('The user; joins users.userKey. A user has as many rows as states.', { refers: 'users' }),
    startDateKey: int32('First day of the state as yyyymmdd; joins dates.dateKey.', { role: 'startDay' }),
    userId: text('Object id of the user in Microsoft Entra, the same in all rows of one user.', {
      personal: 'id',
    }),
    userEmail: textOrNull('Mail address while the state held.', { personal: 'mail' }),
    userPrincipalName: textOrNull('Sign-in name while the state held.', { personal: 'upn' }),
    displayName: textOrNull('Name in the directory while the state held.', { personal: 'name' }),
    intuneLicensed: boolOrNull(
      'Whether an Intune plan was active while the state held; null when it could not be read.',
    ),
    isDeleted: bool(
      'True for the days on which the user was gone or without a licence; other columns then show the state before.',
      {
        role: 'deleted',
      },
    ),
    startDateInclusiveUTC: instant('Midnight UTC of the first day on which the state held.', {
      role: 'start',
    }),
    endDateExclusiveUTC: instant(
      'Midnight UTC of the first day on which the state no longer held, equal to the start of the next row; 9999-12-31 for the latest.',
      { role: 'end' },
    ),
    isCurrent: bool(
      'True for the latest state of each user. With isDeleted false it lists the people of today.',
      {
        role: 'current',
      },
    ),
  },
  navigations: {
    user: navigation('users', { userKey: 'userKey' }, 'userHistories', 'The user in the latest state.'),
    startDate: navigation(
      'dates',
      { startDateKey: 'dateKey' },
      'userHistories',
      'The day on which the state began.',
    ),
  },
});

export const userDeviceAssociations = entity({
  name: 'userDeviceAssociations',
  singular: 'userDeviceAssociation',
  lifetime: 'current',
  description: 'Which user has or had which device. Associations that ended stay, with isDeleted true.',
  key: ['userKey', 'deviceKey'],
  ownership: { owner: 'user', owned: 'device' },
  properties: {
    userKey: int32('The user of the device; joins users.userKey.', { refers: 'users' }),
    deviceKey: deviceOfFact,
    createdDateTimeUTC: instant(
      'Midnight UTC of the night on which the warehouse first saw this user with this device.',
      { role: 'start' },
    ),
    endedDateTimeUTC: instantOrNull(
      'Midnight UTC of the night on which the device was found gone or with another user; null while it lasts.',
      {
        role: 'deletedAt',
      },
    ),
    isDeleted: bool('True once the device left or went to another user.', { role: 'deleted' }),
  },
  navigations: {
    user: navigation(
      'users',
      { userKey: 'userKey' },
      'userDeviceAssociations',
      'The user who has or had the device.',
    ),
    device: navigation(
      'devices',
      { deviceKey: 'deviceKey' },
      'userDeviceAssociations',
      'The device that the user has or had.',
    ),
  },
});
