import { dynamoServiceStore } from '../../../aws/dynamodb/dynamo-service-store.ts';
import type { Service } from '../../../core/services/model/service.ts';
import type { LocalCloud } from '../../../local/start-local.ts';
import { aService } from '../jobs/test-deps.ts';
import { operatorClient } from './add-key.ts';

/** Stores a version without the API, as an older release would have registered it. */
export async function storeService(
  cloud: LocalCloud,
  {
    definition,
    ...key
  }: Pick<Service, 'tenant' | 'name'> & { readonly definition: Partial<Service['definition']> },
): Promise<void> {
  const client = operatorClient(cloud);
  try {
    const services = dynamoServiceStore({ client, tableName: cloud.output('Errand', 'TableName') });
    const stored = await services.insert(aService(definition, key));
    if (stored !== 'inserted') throw new Error(`${key.name} is there already`);
  } finally {
    client.destroy();
  }
}
