import type { Table } from '../../aws/dynamodb/table/table.ts';
import type { DataStore } from '../../core/ports/data-store.ts';

/** Reads of data objects. The module is loaded by the first read, because most jobs have neither inputs nor outputs. */
export function lazyDataStore(table: Table): Pick<DataStore, 'getMany' | 'list'> {
  const load = async () => {
    const { dynamoDataStore } = await import('../../aws/dynamodb/data/dynamo-data-store.ts');
    return dynamoDataStore(table);
  };
  return {
    getMany: async (tenant, dataIds) => (await load()).getMany(tenant, dataIds),
    list: async (query) => (await load()).list(query),
  };
}
