// What each version lets a query name, and the suggestion for a wrong name.
import { describe, expect, test } from '@jest/globals';
import { deriveExposedModel, findName } from '../../schema/derive/exposed-model.ts';
import { didYouMean } from '../../src/base/did-you-mean.ts';
import { MODEL } from '../../schema/fleetfeed-model.ts';

const v1 = deriveExposedModel(MODEL, 'v1.0');
const beta = deriveExposedModel(MODEL, 'beta');

describe('the exposed model', () => {
  test('of v1.0 hides what only beta has, and every navigation to it', () => {
    expect(v1.entitySets.has('mamEffectivePolicies')).toBe(false);
    expect(beta.entitySets.has('mamEffectivePolicies')).toBe(true);
    expect(v1.entitySets.get('devices')!.properties.has('iccid')).toBe(false);
    expect(beta.entitySets.get('devices')!.properties.has('iccid')).toBe(true);
    expect(v1.entitySets.get('mamCheckins')!.navigations.has('mamEffectivePolicy')).toBe(false);
    expect(v1.entitySets.get('policies')!.navigations.has('mamEffectivePolicies')).toBe(false);
  });

  test('has every navigation from both of its ends', () => {
    const out = beta.entitySets.get('devices')!.navigations.get('deviceType')!;
    const back = beta.entitySets.get('deviceTypes')!.navigations.get('devices')!;
    expect(out).toMatchObject({ to: 'deviceTypes', many: false, partner: 'devices' });
    expect(back).toMatchObject({ to: 'devices', many: true, partner: 'deviceType' });
    expect(back.on).toEqual({ deviceTypeKey: 'deviceTypeKey' });
  });

  test.each([
    ['dateKey', 'dateKey'],
    ['DateKey', 'dateKey'],
    ['OSVERSION', 'osVersion'],
    ['osVersio', null],
  ])('%s is found as %s', (written, found) => {
    expect(findName(beta.entitySets.get('devicePropertyHistories')!.properties, written)).toBe(found);
  });

  test.each([
    ['DevName', "Did you mean 'deviceName'?"],
    ['serialNumbr', "Did you mean 'serialNumber'?"],
    ['operatingsytem', "Did you mean 'operatingSystem'?"],
    ['zebra', undefined],
  ])('after %s the question is %s', (written, meant) => {
    expect(didYouMean(beta.entitySets.get('devices')!.properties.keys(), written)).toBe(meant);
  });
});
