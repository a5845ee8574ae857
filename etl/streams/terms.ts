// Where terms of use and their acceptances come from: Intune's list of terms, and a list of acceptances for each.
import { termsAndConditions, userTermsAndConditionsAcceptances } from '../../schema/subjects/terms.ts';
import type { Resource } from '../graph/read-pages.ts';
import { streamOf } from '../stream.ts';
import { countOf, instantOf, textOf } from '../transform/graph-values.ts';

export const TERMS = '/v1.0/deviceManagement/termsAndConditions';

export type GraphTerms = Resource<
  'displayName' | 'title' | 'description' | 'bodyText' | 'acceptanceStatement' | 'version'
>;

export function acceptancesAddress(termsId: string): string {
  return `${TERMS}/${encodeURIComponent(termsId)}/acceptanceStatuses`;
}

/** Identifies the user by principal name only. */
export type GraphAcceptance = Resource<'userPrincipalName' | 'acceptedVersion' | 'acceptedDateTime'>;

/** The natural key of a version of the terms. */
export function termsNaturalKey(termsId: string, version: number): string {
  return `${termsId}:${version}`;
}

export const termsStream = streamOf<GraphTerms>()(termsAndConditions, {
  naturalKey: ({ id, version }) => termsNaturalKey(id, countOf(version)),
  sources: {
    termsAndConditionsId: ({ id }) => id,
    termsAndConditionsVersion: ({ version }) => countOf(version),
    name: ({ displayName }) => textOf(displayName),
    description: ({ description }) => textOf(description),
    title: ({ title }) => textOf(title),
    summaryOfTerms: ({ acceptanceStatement }) => textOf(acceptanceStatement),
    termsAndConditionsBodyText: ({ bodyText }) => textOf(bodyText),
  },
});

export interface AcceptanceRecord {
  readonly userId: string;
  readonly termsNaturalKey: string;
  readonly acceptance: GraphAcceptance;
}

export const acceptanceStream = streamOf<AcceptanceRecord>()(userTermsAndConditionsAcceptances, {
  sources: {
    userKey: ({ userId }) => userId,
    termsAndConditionsKey: ({ termsNaturalKey }) => termsNaturalKey,
    acceptedDateTimeUTC: ({ acceptance }) => instantOf(acceptance.acceptedDateTime),
    // Graph does not have this instant.
    lastModifiedDateTimeUTC: () => null,
  },
});
