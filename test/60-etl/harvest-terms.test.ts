// Terms of use and their acceptances: people are identified by name only, and old versions by number only.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { dateKeyOf, epochDayOf } from '../../fixtures/tenant/calendar.ts';
import { EVENT_DAYS } from '../../fixtures/tenant/edge-cases/scripted-events.ts';
import { ADELE, MEGAN, OBRIEN } from '../../fixtures/tenant/edge-cases/edge-case-users.ts';
import { FACTORY_FLOOR, TERMS_OF_USE } from '../../fixtures/tenant/terms.ts';
import { permanentFault, openTenant, type TenantHarvest, type HarvestedTenant } from './harvested-tenant.ts';

const FIRST_DAY = 20261101;

let tenant: HarvestedTenant;
let raised: HarvestedTenant;
beforeAll(async () => {
  const options = { seed: 1, devices: 60, firstDateKey: FIRST_DAY };
  tenant = await openTenant(options, FIRST_DAY);
  // The evening after the terms were raised: Megan has accepted them, others are asked at their next sign-in.
  raised = await openTenant(options, dateKeyOf(epochDayOf(FIRST_DAY) + EVENT_DAYS.termsRaised + 1));
});
afterAll(() => Promise.all([tenant.close(), raised.close()]));

const acceptanceOf = ({ staging }: TenantHarvest, userId: string) =>
  staging.rowsOf('userTermsAndConditionsAcceptances').find(({ values }) => values['userKey'] === userId)
    ?.values;

describe('a harvest', () => {
  test('has every version of the terms once, with null for what nobody wrote', async () => {
    const { staging, report } = await tenant.harvestDay();
    expect(staging.rowsOf('termsAndConditions').map(({ naturalKey }) => naturalKey)).toEqual([
      `${TERMS_OF_USE}:2`,
      `${FACTORY_FLOOR}:1`,
    ]);
    expect(staging.rowsOf('termsAndConditions')[0]?.values).toMatchObject({
      name: 'Intune terms of use',
      description: null,
      summaryOfTerms: 'I agree to the terms and conditions.',
      termsAndConditionsBodyText: expect.stringContaining('6 digits'),
    });
    expect(report.completeness.get('userTermsAndConditionsAcceptances')).toBe('complete');
  });

  test('finds who accepted by name, in any case', async () => {
    expect(acceptanceOf(await tenant.harvestDay(), OBRIEN)).toEqual({
      userKey: OBRIEN,
      termsAndConditionsKey: `${TERMS_OF_USE}:2`,
      acceptedDateTimeUTC: null,
      lastModifiedDateTimeUTC: null,
    });
  });

  test('leaves out whom the directory does not know and versions that the warehouse never saw', async () => {
    const harvest = await tenant.harvestDay();
    const users = new Set(harvest.staging.rowsOf('users').map(({ naturalKey }) => naturalKey));
    const accepted = harvest.staging.rowsOf('userTermsAndConditionsAcceptances');
    expect(accepted.length).toBeGreaterThan(20);
    expect(accepted.filter(({ values }) => !users.has(String(values['userKey'])))).toEqual([]);
    expect(acceptanceOf(harvest, ADELE)).toBeUndefined();
  });

  test('on which the terms were raised still knows who accepted the version before, once it was seen', async () => {
    const existing = {
      termsAndConditions: [{ termsAndConditionsId: TERMS_OF_USE, termsAndConditionsVersion: 2 }],
    };
    const versionOf = (harvest: TenantHarvest, userId: string) =>
      acceptanceOf(harvest, userId)?.['termsAndConditionsKey'];
    const [known, unknown] = [await raised.harvestDay({ existing }), await raised.harvestDay()];
    expect(versionOf(known, MEGAN)).toBe(`${TERMS_OF_USE}:3`);
    expect(versionOf(known, OBRIEN)).toBe(`${TERMS_OF_USE}:2`);
    expect(versionOf(unknown, OBRIEN)).toBeUndefined();
  });
});

test.each([
  ['/termsAndConditions', 'forbidden', 'failed', 'failed'],
  [`${TERMS_OF_USE}/acceptanceStatuses`, '504', 'complete', 'partial'],
  ['acceptanceStatuses', 'missing-segment', 'complete', 'failed'],
  ['v1.0/users', 'forbidden', 'complete', 'failed'],
] as const)('where %s is %s, terms are %s and acceptances %s', async (match, answer, terms, acceptances) => {
  const { report } = await tenant.harvestDay({ faults: [permanentFault(match, answer)] });
  expect(report.completeness.get('termsAndConditions')).toBe(terms);
  expect(report.completeness.get('userTermsAndConditionsAcceptances')).toBe(acceptances);
});
