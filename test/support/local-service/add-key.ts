import { randomBytes } from 'node:crypto';
import { dynamoClient } from '../../../aws/clients/dynamo-client.ts';
import { dynamoKeyStore } from '../../../aws/dynamodb/dynamo-key-store.ts';
import { systemClock } from '../../../aws/system/system-clock.ts';
import { type KeyOwner, storeApiKey } from '../../../core/access/store-api-key.ts';
import { scopes } from '../../../core/contract/routes/route.ts';
import type { LocalCloud } from '../../../local/start-local.ts';

/** Adds a text as a key of a local service, as its operator would. */
export async function addKey(cloud: LocalCloud, holder: KeyOwner & { readonly key: string }): Promise<void> {
  const client = operatorClient(cloud);
  try {
    const keys = dynamoKeyStore({ client, tableName: cloud.output('Errand', 'TableName') });
    await storeApiKey({ keys, clock: systemClock }, holder);
  } finally {
    client.destroy();
  }
}

/** A DynamoDB client of the operator, with all permissions; the caller destroys it. */
export function operatorClient({ aws }: LocalCloud) {
  return dynamoClient({
    endpoint: aws.endpoint,
    region: aws.region,
    credentials: { accessKeyId: aws.accessKeyId, secretAccessKey: aws.secretAccessKey },
  });
}

/** A new tenant beside that of the test's service: the holder of its key, for `addKey`, and the options of a call with that key. */
export function newTenant(principal = 'they') {
  const tenant = `t-${randomBytes(6).toString('hex')}`;
  const key = `key-of-${tenant}`;
  return {
    holder: { key, tenant, principal, scopes },
    call: { withKey: false, headers: { 'x-api-key': key } },
  } as const;
}
