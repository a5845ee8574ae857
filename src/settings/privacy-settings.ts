// The kinds of values of settings about personal data.
import { parseProfile, TREATMENTS } from '../../schema/privacy-profile.ts';
import { PERSONAL_KINDS } from '../../schema/entity.ts';
import { wholeNumber, type Setting } from './setting.ts';

/** The text itself, once `parseProfile` can read it. */
export function privacyProfile(help: string): Setting<string> {
  return {
    default: TREATMENTS[0],
    help,
    expects: `${TREATMENTS.map((each) => `'${each}'`).join(' or ')}, with exceptions as in masked,name=full,ip=dropped (${PERSONAL_KINDS.join(', ')})`,
    valueName: 'profile',
    json: 'string',
    parse: (written) => (parseProfile(written) ? written : undefined),
  };
}

export function daysOrNever(defaultValue: number, max: number, help: string): Setting<number | 'never'> {
  const days = wholeNumber(defaultValue, 0, max, help);
  return {
    ...days,
    expects: `${days.expects}, or 'never'`,
    json: 'string or number',
    parse: (written) => (written === 'never' ? written : days.parse(written)),
  };
}
