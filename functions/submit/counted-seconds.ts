import { dynamoJobCounters } from '../../aws/dynamodb/dynamo-job-counters.ts';
import type { Table } from '../../aws/dynamodb/table/table.ts';
import { typicalDuration } from '../../core/jobs/queries/typical-duration.ts';

/** How long the jobs of a service took lately, as the table's counters tell; undefined when they tell nothing. */
export async function countedSeconds(
  table: Table,
  of: { readonly tenant: string; readonly service: string },
): Promise<number | undefined> {
  return typicalDuration({ counters: dynamoJobCounters(table) }, of);
}
