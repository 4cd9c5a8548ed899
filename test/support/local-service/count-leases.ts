import { countsOf, readLeases } from '../../../aws/dynamodb/long-poll-shard-item.ts';
import { operatorClient } from './add-key.ts';
import type { TestErrand } from './local-errand.ts';

/** More shards than 1,000 simultaneous invocations use. */
const shards = [0, 1, 2, 3, 4, 5, 6, 7];

/** The number of leases of a tenant and of all tenants, including expired ones. */
export async function countLeases({ cloud, tenant }: TestErrand) {
  const client = operatorClient(cloud);
  const table = { client, tableName: cloud.output('Errand', 'TableName') };
  const counts = await Promise.all(
    shards.map(async (shard) => countsOf(await readLeases(table, shard), tenant)),
  );
  client.destroy();
  const sum = (name: 'own' | 'total') => counts.reduce((all, one) => all + one[name], 0);
  return { own: sum('own'), total: sum('total') };
}
