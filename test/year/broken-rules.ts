// Checks the generation of a day against the rules, and against the generation of the day before.
import Database from 'better-sqlite3';
import { addDays, canonicalMidnight, type DateKey } from '../../src/base/date-key.ts';
import type { Rule } from './rule.ts';
import { DAY_TO_DAY_RULES } from './day-to-day-rules.ts';
import { DAY_RULES } from './day-rules.ts';

/** Of several runs of a day, the last that harvested rows of a collection counts. */
const HARVESTED_COLLECTIONS = `
  CREATE TEMP TABLE harvested AS
    SELECT collection, completeness, max(generation) FROM runSteps JOIN runs USING (runId)
    WHERE dateKey = @day AND outcome IN ('published', 'accepted') AND completeness <> 'failed' GROUP BY collection`;

/** Descriptions of the rules that the day breaks. `before` is the file of the day before; null for the first day. */
export function brokenRules(path: string, before: string | null, day: DateKey): readonly string[] {
  const database = new Database(path, { readonly: true });
  const parameters = {
    day,
    from: canonicalMidnight(addDays(day, -1)),
    until: canonicalMidnight(day),
  };
  const isBroken = ({ sql }: Rule): boolean =>
    database.prepare<[typeof parameters]>(`SELECT 1 FROM (${sql}) LIMIT 1`).get(parameters) !== undefined;
  try {
    database.prepare(HARVESTED_COLLECTIONS).run(parameters);
    database.exec(
      `CREATE TEMP VIEW whole AS SELECT collection FROM harvested WHERE completeness = 'complete'`,
    );
    const broken = DAY_RULES.filter(isBroken);
    if (before === null) return broken.map(({ description: words }) => words);
    database.prepare('ATTACH ? AS old').run(before);
    return [...broken, ...DAY_TO_DAY_RULES.filter(isBroken)].map(({ description: words }) => words);
  } finally {
    database.close();
  }
}
