// Reads the terms of use and who accepted which version of them.
import type { Completeness } from '../../../src/engines/staging.ts';
import { readList, readPages } from '../../graph/read-pages.ts';
import {
  acceptancesAddress,
  acceptanceStream,
  TERMS,
  termsNaturalKey,
  termsStream,
  type AcceptanceRecord,
  type GraphAcceptance,
  type GraphTerms,
} from '../../streams/terms.ts';
import { countOf, textOf } from '../../transform/graph-values.ts';
import { makeRowMapper } from '../../transform/row-mapper.ts';
import type { KnownUsers } from './harvest-users.ts';
import { combinedCompleteness } from '../source-results.ts';
import { mapConcurrent } from '../map-concurrent.ts';
import type { HarvestContext } from '../harvest-context.ts';

const toTerms = makeRowMapper(termsStream);
const toAcceptance = makeRowMapper(acceptanceStream);

/** Needs the users: acceptances by people who are not in the warehouse are skipped. */
export async function harvestTerms(context: HarvestContext, users: KnownUsers): Promise<void> {
  const { staging, results } = context;
  // Graph lists only the newest version; acceptances of older ones refer to rows that are already in the warehouse.
  const knownKeys = new Set<string>();
  for (const { termsAndConditionsId, termsAndConditionsVersion } of staging.baseRows(termsStream.entity)) {
    knownKeys.add(termsNaturalKey(String(termsAndConditionsId), Number(termsAndConditionsVersion)));
  }
  const terms: GraphTerms[] = [];
  const listCompleteness = await results.readSource([termsStream.entity], TERMS, async (onRows) => {
    terms.push(...(await readList<GraphTerms>(context, TERMS)));
    staging.append(termsStream.entity, terms.map(toTerms));
    for (const each of terms) knownKeys.add(termsNaturalKey(each.id, countOf(each.version)));
    onRows();
    return 'complete';
  });

  const parts: Completeness[] = [];
  await mapConcurrent(terms, async ({ id }) => {
    const address = acceptancesAddress(id);
    parts.push(
      await results.readSource([], address, async (onRows) => {
        for await (const page of readPages<GraphAcceptance>(context, address)) {
          const records = page.flatMap((acceptance) => acceptanceRecord(id, acceptance, users, knownKeys));
          staging.append(acceptanceStream.entity, records.map(toAcceptance));
          onRows();
        }
        return 'complete';
      }),
    );
  });
  results.mark(
    [acceptanceStream.entity],
    listCompleteness === 'complete' ? combinedCompleteness(parts) : listCompleteness,
  );
  results.mark([acceptanceStream.entity], users.completeness);
}

function acceptanceRecord(
  termsId: string,
  acceptance: GraphAcceptance,
  users: KnownUsers,
  knownKeys: ReadonlySet<string>,
): readonly AcceptanceRecord[] {
  const userId = users.userIdOf(textOf(acceptance.userPrincipalName) ?? '');
  const naturalKey = termsNaturalKey(termsId, countOf(acceptance.acceptedVersion));
  return userId === null || !knownKeys.has(naturalKey)
    ? []
    : [{ userId, termsNaturalKey: naturalKey, acceptance }];
}
