import { dynamoClient } from '../aws/clients/dynamo-client.ts';
import { dynamoKeyStore } from '../aws/dynamodb/dynamo-key-store.ts';
import { systemClock } from '../aws/system/system-clock.ts';
import { systemRandom } from '../aws/system/system-random.ts';
import { createApiKey } from '../core/access/create-api-key.ts';
import type { KeyOptions } from './api-key-options.ts';

/**
 * Creates an API key and returns it. The key is stored before it is returned, so that a key that was printed
 * always works. Throws for a malformed tenant name, and the errors of DynamoDB for a missing table or
 * permission.
 */
export async function makeApiKey({ table, ...owner }: KeyOptions): Promise<string> {
  const client = dynamoClient();
  try {
    const keys = dynamoKeyStore({ client, tableName: table });
    const { key } = await createApiKey({ keys, clock: systemClock, random: systemRandom() }, owner);
    return key;
  } finally {
    client.destroy();
  }
}
