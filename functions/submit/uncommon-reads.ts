import { getDataObjects } from '../../aws/dynamodb/data/get-data-objects.ts';
import { listDataPage } from '../../aws/dynamodb/data/list-data-page.ts';
import { dynamoReusableResults } from '../../aws/dynamodb/dynamo-reusable-results.ts';
import type { Table } from '../../aws/dynamodb/table/table.ts';
import type { DataStore } from '../../core/ports/data/data-store.ts';
import type { ReusableResults } from '../../core/ports/reuse/reusable-results.ts';

/**
 * The reads that only a submission with inputs or `reuse` needs. They are loaded together, because each separately loaded file makes
 * all other files of a bundle larger.
 */
export function uncommonReads(
  table: Table,
): Pick<DataStore, 'getMany' | 'list'> & Pick<ReusableResults, 'find'> {
  return {
    getMany: (tenant, ids) => getDataObjects(table, { tenant, ids, consistent: true }),
    list: (query) => listDataPage(table, query),
    find: dynamoReusableResults(table).find,
  };
}
