// Verifies a generation by the checks of sql/build/verification.ts.
import { renderVerification, type VerifyScope } from '../../../sql/build/verification.ts';
import { sql } from '../../../sql/fragment.ts';
import type { VerifyFinding } from '../../generation-build.ts';
import type { BuildContext } from '../build/build-context.ts';
import { readCount, readText } from '../execute-sql.ts';
import { SQLITE_BUILD_DIALECT } from '../sqlite-build-dialect.ts';

type Verified = Pick<BuildContext, 'database' | 'model' | 'parameters'>;

/** Empty when all is well. Days before the build's held when they were published, and did not change since. */
export function verifyBuild(context: BuildContext): readonly VerifyFinding[] {
  return [...runChecks(context, { parameters: context.parameters, allDays: false }), ...checkFile(context)];
}

/** As strict with every day as with the last; the file itself is checked elsewhere. */
export function verifyGeneration(verified: Verified): readonly VerifyFinding[] {
  return runChecks(verified, { parameters: verified.parameters, allDays: true });
}

function runChecks({ database, model }: Verified, scope: VerifyScope): readonly VerifyFinding[] {
  return renderVerification(SQLITE_BUILD_DIALECT, model, scope).flatMap(({ collection, problem, query }) => {
    const broken = readCount(database, query);
    if (broken === 0) return [];
    return [{ collection, message: `${collection}: ${problem} (${broken}).`, isBroken: true }];
  });
}

function checkFile({ database }: BuildContext): readonly VerifyFinding[] {
  const answer = readText(database, sql`PRAGMA quick_check(1)`);
  return answer === 'ok'
    ? []
    : [{ collection: '', message: `The file is damaged: ${String(answer)}.`, isBroken: true }];
}
