// Terms of use that people accept when they enrol a device, and who accepted them when.
import { entity, instantOrNull, int32, navigation, text, textOrNull } from '../entity.ts';
import { endOfRow, snapshotDayOfFact, startOfRow, isDeletedOrReplaced } from './common-properties.ts';

export const termsAndConditions = entity({
  name: 'termsAndConditions',
  singular: 'termsAndConditions',
  lifetime: 'current',
  versionsOf: 'termsAndConditionsId',
  description: 'Terms of use that the tenant asks people to accept, one row for each version.',
  key: ['termsAndConditionsKey'],
  properties: {
    termsAndConditionsKey: int32('The warehouse’s own number of this version of the terms.', {
      role: 'surrogate',
    }),
    termsAndConditionsId: text('Id of the terms in Intune, a GUID as text; the same in all their versions.'),
    termsAndConditionsVersion: int32('Version of the terms, rising each time people must accept them anew.'),
    name: textOrNull('Name under which the admins find the terms; people do not see it.'),
    description: textOrNull('Note of the admins about the terms; people do not see it.'),
    title: textOrNull('Title that people see when they are asked.'),
    summaryOfTerms: textOrNull('Short statement that people agree to.'),
    termsAndConditionsBodyText: textOrNull('The terms in full, as people read them.'),
    isDeleted: isDeletedOrReplaced,
    startDateInclusiveUTC: startOfRow,
    endDateExclusiveUTC: endOfRow,
  },
});

export const userTermsAndConditionsAcceptances = entity({
  name: 'userTermsAndConditionsAcceptances',
  singular: 'userTermsAndConditionsAcceptance',
  lifetime: 'daily',
  description:
    'Who accepted which version of which terms, as known on each night. Graph tells the last acceptance of a user by name, and the newest version of the terms: users and versions that the warehouse never saw have no row.',
  key: ['dateKey', 'userKey', 'termsAndConditionsKey'],
  properties: {
    dateKey: snapshotDayOfFact,
    userKey: int32('The user who accepted; joins users.userKey.', { refers: 'users' }),
    termsAndConditionsKey: int32('The accepted version; joins termsAndConditions.termsAndConditionsKey.', {
      refers: 'termsAndConditions',
    }),
    acceptedDateTimeUTC: instantOrNull('When the user accepted, in UTC.'),
    lastModifiedDateTimeUTC: instantOrNull(
      'When the record of the acceptance last changed in Intune, in UTC; always null, since Graph does not tell it.',
    ),
  },
  navigations: {
    date: navigation(
      'dates',
      { dateKey: 'dateKey' },
      'userTermsAndConditionsAcceptances',
      'The night of the snapshot.',
    ),
    user: navigation(
      'users',
      { userKey: 'userKey' },
      'userTermsAndConditionsAcceptances',
      'The user who accepted.',
    ),
    termsAndConditions: navigation(
      'termsAndConditions',
      { termsAndConditionsKey: 'termsAndConditionsKey' },
      'userTermsAndConditionsAcceptances',
      'The version that was accepted.',
    ),
  },
});
