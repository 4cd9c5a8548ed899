import { dynamoJobCounters } from '../../aws/dynamodb/dynamo-job-counters.ts';
import type { Table } from '../../aws/dynamodb/table/table.ts';
import { typicalDuration } from '../../core/jobs/queries/typical-duration.ts';

/**
 * Typical recent duration of a service's jobs in seconds, from the table's counters; undefined without
 * counts.
 */
export async function typicalSeconds(
  table: Table,
  service: { readonly tenant: string; readonly service: string },
): Promise<number | undefined> {
  return typicalDuration({ counters: dynamoJobCounters(table) }, service);
}
