import { dynamoDataStore } from '../../../aws/dynamodb/data/dynamo-data-store.ts';
import type { Table } from '../../../aws/dynamodb/table/table.ts';
import type { DataObject } from '../../../core/data/model/data-object.ts';
import type { DataFilter } from '../../../core/ports/data/data-store.ts';
import { inParallel } from '../../../core/std/in-parallel.ts';
import { jobIdAt } from '../jobs/job-id.ts';
import { someTime } from '../jobs/jobs.ts';
import { watchTable } from '../jobs/table-watch.ts';
import { aDataObject, availableData } from './data-objects.ts';

const tenant = 'local';
const jobId = jobIdAt(someTime - 1);
const pageLimit = 20;
const parallelInserts = 40;

/** Lists with one filter, by name. Of the objects of `fillForDataLists` each returns one in four, or more. */
const filters = {
  'no filter': {},
  'given ids': { ids: Array.from({ length: 50 }, (_, index) => objectAt(index).id) },
  'a job': { jobId },
  'a tag': { tag: 'red' },
  'a name prefix': { namePrefix: 'nightly' },
  'a media type': { mediaType: 'image/svg+xml' },
  'objects that are being uploaded': { status: 'uploading' },
  'available objects': { status: 'available' },
  'failed objects': { status: 'failed' },
  'objects that clients uploaded': { origin: 'upload' },
  'objects that jobs wrote': { origin: 'job' },
  'a time range': { createdAfter: someTime + 20, createdBefore: someTime + 80 },
} as const satisfies Readonly<Record<string, DataFilter>>;

export type DataListFilter = keyof typeof filters;

/** One of four kinds of objects, so that every filter finds some. */
function objectAt(index: number): DataObject {
  const id = jobIdAt(someTime + index);
  switch (index % 4) {
    case 0:
      return aDataObject({ id });
    case 1:
      return aDataObject({ id, status: 'failed' });
    case 2:
      return availableData({ id, name: `nightly ${index}`, tags: ['red'] });
    default: {
      const origin = { kind: 'job', jobId, attempt: 1, slot: 'plot' } as const;
      return availableData({ id, mediaType: 'image/svg+xml', origin });
    }
  }
}

/** Fills an empty table with the given number of data objects. */
export async function fillForDataLists(table: Table, count: number): Promise<void> {
  const store = dynamoDataStore(table);
  const objects = Array.from({ length: count }, (_, index) => objectAt(index));
  await inParallel(objects, parallelInserts, (data) => store.insert(data));
}

/** Read units of the first page of 20 of a list. Throws when it is not full. */
export async function dataPageCost(table: Table, name: DataListFilter): Promise<number> {
  table.client.middlewareStack.remove('watchTable');
  const { totalUnits } = watchTable(table);
  const page = await dynamoDataStore(table).list({ tenant, limit: pageLimit, ...filters[name] });
  if (page.data.length !== pageLimit) throw new Error(`${name}: the page has ${page.data.length} objects`);
  if (page.scanned !== undefined) throw new Error(`${name}: the page is filtered`);
  return totalUnits();
}
