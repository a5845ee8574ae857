// Reads the terms of use and who accepted which version of them.
import type { Completeness } from '../../src/engines/generation-build.ts';
import { listOf, pagesOf } from '../graph/pages.ts';
import {
  acceptancesOf,
  acceptanceStream,
  TERMS,
  termsNatural,
  termsStream,
  type AcceptanceRecord,
  type GraphAcceptance,
  type GraphTerms,
} from '../streams/terms.ts';
import { countOf, textOf } from '../transform/sentinels.ts';
import { rowMaker } from '../transform/staged-row.ts';
import type { KnownUsers } from './harvest-users.ts';
import { wholeOf } from './ledger.ts';
import { sideBySide } from './side-by-side.ts';
import type { Tools } from './tools.ts';

const toTerms = rowMaker(termsStream);
const toAcceptance = rowMaker(acceptanceStream);

/** Comes after the users: an acceptance names its user, and only those of the warehouse are kept. */
export async function harvestTerms(tools: Tools, users: KnownUsers): Promise<void> {
  const { graph, stage, ledger } = tools;
  // Graph lists the newest version only; who accepted an older one points at the row that an earlier night left.
  const known = new Set<string>();
  for (const { termsAndConditionsId, termsAndConditionsVersion } of stage.baseRows(termsStream.entity)) {
    known.add(termsNatural(String(termsAndConditionsId), Number(termsAndConditionsVersion)));
  }
  const terms: GraphTerms[] = [];
  const listed = await ledger.attempt([termsStream.entity], TERMS, async (gained) => {
    terms.push(...(await listOf<GraphTerms>(graph, TERMS)));
    stage.append(termsStream.entity, terms.map(toTerms));
    for (const each of terms) known.add(termsNatural(each.id, countOf(each.version)));
    gained();
    return 'complete';
  });

  const outcomes: Completeness[] = [];
  await sideBySide(terms, async ({ id }) => {
    const address = acceptancesOf(id);
    outcomes.push(
      await ledger.attempt([], address, async (gained) => {
        for await (const page of pagesOf<GraphAcceptance>(graph, address)) {
          const records = page.flatMap((acceptance) => acceptanceRecord(id, acceptance, users, known));
          stage.append(acceptanceStream.entity, records.map(toAcceptance));
          gained();
        }
        return 'complete';
      }),
    );
  });
  ledger.mark([acceptanceStream.entity], listed === 'complete' ? wholeOf(outcomes) : listed);
  ledger.mark([acceptanceStream.entity], users.completeness);
}

function acceptanceRecord(
  termsId: string,
  acceptance: GraphAcceptance,
  users: KnownUsers,
  known: ReadonlySet<string>,
): readonly AcceptanceRecord[] {
  const userId = users.idOf(textOf(acceptance.userPrincipalName) ?? '');
  const natural = termsNatural(termsId, countOf(acceptance.acceptedVersion));
  return userId === null || !known.has(natural) ? [] : [{ userId, termsNatural: natural, acceptance }];
}
