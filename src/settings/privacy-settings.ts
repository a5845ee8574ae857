// The kinds of values that settings about people have.
import { parseProfile, TREATMENTS } from '../../schema/privacy.ts';
import { PERSONAL_KINDS } from '../../schema/words.ts';
import { wholeNumber, type Setting } from './setting.ts';

/** Kept as it was written; `parseProfile` reads it. */
export function privacyProfile(help: string): Setting<string> {
  return {
    default: TREATMENTS[0],
    help,
    expects: `${TREATMENTS.map((each) => `'${each}'`).join(' or ')}, with exceptions as in masked,name=full,ip=dropped (${PERSONAL_KINDS.join(', ')})`,
    parse: (written) => (parseProfile(written) ? written : undefined),
  };
}

export function nightsOrNever(standard: number, most: number, help: string): Setting<number | 'never'> {
  const nights = wholeNumber(standard, 0, most, help);
  return {
    ...nights,
    expects: `${nights.expects}, or 'never'`,
    parse: (written) => (written === 'never' ? written : nights.parse(written)),
  };
}
