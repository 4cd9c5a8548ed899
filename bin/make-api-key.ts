import { dynamoClient } from '../aws/clients/dynamo-client.ts';
import { dynamoKeyStore } from '../aws/dynamodb/dynamo-key-store.ts';
import { systemClock } from '../aws/system/system-clock.ts';
import { systemRandom } from '../aws/system/system-random.ts';
import { createApiKey } from '../core/access/create-api-key.ts';
import type { KeyOptions } from './api-key-options.ts';

/**
 * Stores a new key and answers it. It is stored first: a key that was shown works, and one that was lost on the way
 * is known to nobody. Throws for a bad tenant name, and what DynamoDB says of a missing table or permission.
 */
export async function makeApiKey({ table, ...holder }: KeyOptions): Promise<string> {
  const client = dynamoClient();
  try {
    const keys = dynamoKeyStore({ client, tableName: table });
    const { key } = await createApiKey({ keys, clock: systemClock, random: systemRandom() }, holder);
    return key;
  } finally {
    client.destroy();
  }
}
