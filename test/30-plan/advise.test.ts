// The advice beside an answer whose request could be cheaper.
import { describe, expect, test } from '@jest/globals';
import { MODEL } from '../../schema/fleetfeed-model.ts';
import { ADVICE, adviceFor } from '../../src/plan/advice.ts';
import { planOf } from './plan-of.ts';

const codes = (address: string, sorts = false): readonly string[] =>
  adviceFor({ plan: planOf(address), needsFullSort: sorts }).map(({ code }) => code);

describe('advice', () => {
  test.each([
    ['/devices', ['no-select']],
    ['/devices?$select=*', ['no-select']],
    ['/devices?$select=deviceName', []],
    ['/deviceTypes', []],
    ['/devicePropertyHistories', ['no-days']],
    ['/devicePropertyHistories?$top=5', []],
    ['/devicePropertyHistories?$top=5&$filter=deviceName eq null', ['no-days']],
    ['/devicePropertyHistories?$filter=dateKey ne 20180220', ['no-days']],
    ['/devicePropertyHistories?$filter=dateKey ge 20180220', []],
    ['/devicePropertyHistories?$filter=20180220 le dateKey and deviceName eq null', []],
    ['/devicePropertyHistories?$filter=dateKey ge 20180220 or deviceName eq null', ['no-days']],
    ['/devicePropertyHistories?$filter=dateKey in (20180220,20180221)', []],
    ['/devicePropertyHistories?$filter=deviceKey eq 7', []],
    ['/devicePropertyHistories?$filter=deviceKey ge 7', ['no-days']],
    ['/devicePropertyHistories?maxhistorydays=2', []],
    ['/devices(7)/devicePropertyHistories', []],
    ['/deviceCategories(%27x%27)/devicePropertyHistories', ['no-days']],
    ['/devicePropertyHistories/asOf(dateKey=20180220)', []],
    ['/devices(7)/history(from=20180101,to=20180220)', []],
    ['/userHistories/asOf(dateKey=20180220)', []],
    ['/encryptionActivities', ['no-days']],
    ['/userHistories', []],
    ["/userHistories?$filter=startswith(userEmail,'a')", ['unindexed-filter']],
    ['/userHistories?$filter=userKey eq 7', []],
    ['/users(7)/userHistories?$filter=not isDeleted', []],
  ])('on %s: %j', (address, expected) => {
    expect(codes(address)).toEqual(expected);
  });

  test.each([
    [20, []],
    [21, ['no-select']],
  ])('on a collection of %i columns: %j', (width, expected) => {
    const plan = planOf('/devices');
    const columns = new Map([...plan.from.columns].slice(0, width));
    expect(columns.size).toBe(width);
    const advice = adviceFor({ plan: { ...plan, from: { ...plan.from, columns } }, needsFullSort: false });
    expect(advice.map(({ code }) => code)).toEqual(expected);
  });

  test.each([
    ['/devices?$orderby=osVersion&$select=osVersion', ['unindexed-sort']],
    ['/devicePropertyHistories?$orderby=deviceName&$top=5', ['no-days', 'unindexed-sort']],
    ['/deviceTypes?$orderby=deviceTypeName', []],
  ])('on %s, which is sorted: %j', (address, expected) => {
    expect(codes(address, true)).toEqual(expected);
  });

  test('every piece is a sentence about the read and one about what would be better', () => {
    const columns = Object.keys(MODEL.entities.get('devices')!.properties).length;
    const advice = adviceFor({ plan: planOf('/devices?$orderby=osVersion'), needsFullSort: true });
    expect(advice).toEqual([
      {
        code: 'no-select',
        message: `All ${columns} columns of devices are sent.`,
        help: ADVICE['no-select'].help,
      },
      {
        code: 'unindexed-sort',
        message: 'No index gives this order, so devices is sorted; its own is deviceKey.',
        help: ADVICE['unindexed-sort'].help,
      },
    ]);
    for (const { help } of Object.values(ADVICE)) expect(help).toMatch(/^[A-Z].*\.$/);
  });
});
