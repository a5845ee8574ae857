// What the demo prints when it is ready: what to paste where, and how to change something and see it in the feed.
import { DEMO_CREDENTIALS } from '../../../fixtures/graph-emulator/sign-in/demo-credentials.ts';
import { formatDay, type DateKey } from '../../base/date-key.ts';

export interface DemoAddresses {
  readonly feed: string;
  readonly graph: string;
  readonly data: string;
  /** The day after the newest snapshot day. */
  readonly nextDay: DateKey;
}

export function demoWelcome({ feed, graph, data, nextDay }: DemoAddresses): string {
  const { tenantId, clientId, clientSecret } = DEMO_CREDENTIALS;
  const day = formatDay(nextDay);
  return `
Power BI   Get data > OData feed > paste the address below > Anonymous
Excel      Data > Get Data > From Other Sources > From OData Feed > paste the address below
curl       curl '${feed}/devices?$top=3&$select=deviceName,osVersion'

Change a device in the emulator of Microsoft Graph, run the ETL of the next day, and see the change in the feed.
The emulator forgets changes when the demo ends; snapshots stay.

  TOKEN=$(curl -s '${graph}/${tenantId}/oauth2/v2.0/token' -d 'grant_type=client_credentials&client_id=${clientId}&client_secret=${clientSecret}&scope=${graph}/.default' | sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/')
  curl -s '${graph}/beta/deviceManagement/managedDeviceEncryptionStates?$top=1' -H "Authorization: Bearer $TOKEN"
  curl -X PATCH '${graph}/beta/deviceManagement/managedDeviceEncryptionStates/ID' -H "Authorization: Bearer $TOKEN" \\
    -H 'Content-Type: application/json' -d '{"encryptionState": "notEncrypted"}'
  FLEETFEED_CLIENT_SECRET=${clientSecret} npm run fleetfeed -- snapshot --data '${data}' --today ${day} \\
    --tenant-id ${tenantId} --client-id ${clientId} --graph-url ${graph} --login-url ${graph}
`;
}
