// Where lists are asked for, as the settings have it.
import { expect, test } from '@jest/globals';
import { listAddress, DEFAULT_LIST_OPTIONS } from '../../etl/graph/list-address.ts';

const ROOT = 'https://graph.example';
const DEVICES = '/beta/deviceManagement/managedDevices';

test.each([
  [`${DEVICES}?$select=id,model`, {}, `${DEVICES}?$select=id,model`],
  [`${DEVICES}?$select=id,model`, { select: false }, DEVICES],
  [`${DEVICES}?$select=id`, { pageRows: 200 }, `${DEVICES}?$select=id&$top=200`],
  [`${DEVICES}?$select=id`, { select: false, pageRows: 200 }, `${DEVICES}?$top=200`],
  // Users have their licences only where they are selected.
  ['/v1.0/users?$select=id&$top=999', { select: false }, '/v1.0/users?$select=id&$top=999'],
  ['/v1.0/users?$select=id&$top=999', { pageRows: 500 }, '/v1.0/users?$select=id&$top=500'],
  ['/v1.0/users?$select=id&$top=999', { pageRows: 1000 }, '/v1.0/users?$select=id&$top=999'],
  // Some lists of Intune answer $top with an error.
  ['/beta/deviceManagement/intents', { pageRows: 200 }, '/beta/deviceManagement/intents'],
])('%s with %j is %s', (address, asking, expected) => {
  expect(listAddress(ROOT, address, { ...DEFAULT_LIST_OPTIONS, ...asking }).href).toBe(ROOT + expected);
});
