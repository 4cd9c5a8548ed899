import { dynamoCapacityQueues } from '../../aws/dynamodb/dynamo-capacity-queues.ts';
import type { Table } from '../../aws/dynamodb/table/table.ts';
import { systemClock } from '../../aws/system/system-clock.ts';
import { congestionCache } from '../../core/jobs/scheduling/congestion-cache.ts';

/** The ports of every function that queues jobs that wait for capacity. Functions that only start jobs do not need them. */
export function capacityPorts(table: Table) {
  const queues = dynamoCapacityQueues(table);
  return { queues, congestion: congestionCache(queues, systemClock) };
}
