import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { dynamoJobLinks } from '../../../aws/dynamodb/dynamo-job-links.ts';
import { dynamoJobStore } from '../../../aws/dynamodb/jobs/dynamo-job-store.ts';
import type { Table } from '../../../aws/dynamodb/table/table.ts';
import { serviceItemKey } from '../../../aws/dynamodb/table/table-keys.ts';
import type { Job } from '../../../core/jobs/model/job.ts';
import type { JobFilter } from '../../../core/ports/job-store.ts';
import { insertAll } from './insert-all.ts';
import { jobIdAt } from './job-id.ts';
import { aJob, endedJob, someTime } from './jobs.ts';
import { referenceLife } from './reference-job.ts';
import { watchTable } from './table-watch.ts';

const tenant = 'local';
const parentId = jobIdAt(someTime - 1);
const pageLimit = 20;

/** Lists that one index serves completely, by name. Of the jobs of `fillForLists` each returns one in four, or more. */
const filters = {
  'no filter': {},
  'given ids': { ids: Array.from({ length: 100 }, (_, index) => jobAt(index).id) },
  'a parent': { parentId },
  'a tag': { tag: 'red' },
  'a number in the metadata': { metadata: [{ kind: 'equals', name: 'run', values: ['7', 7] }] },
  'a text in the metadata': { metadata: [{ kind: 'equals', name: 'site', values: ['north'] }] },
  'a range in the metadata': { metadata: [{ kind: 'range', name: 'load', min: 0.1, max: 0.9 }] },
  'a service': { services: ['echo'] },
  'a name prefix of names of their own': { namePrefix: 'nightly' },
  'a name prefix of a service': { namePrefix: 'ech' },
  'jobs that failed': { statuses: ['failed'] },
  'jobs that have not ended': {
    statuses: ['draft', 'ready', 'waiting', 'pending', 'scheduled', 'executing', 'retrying', 'aborting'],
  },
  'a time range': { createdAfter: someTime + 50, createdBefore: someTime + 150 },
} as const satisfies Readonly<Record<string, JobFilter>>;

export type SingleFilter = keyof typeof filters;

/** The names of the lists whose cost must not depend on the number of jobs. */
export const singleFilters = Object.keys(filters) as readonly SingleFilter[]; // keys of a constant

/** One of four kinds of jobs, so that every filter finds some: failed, active, a named sub-job with a tag, succeeded. */
function jobAt(index: number): Job {
  const id = jobIdAt(someTime + index);
  switch (index % 4) {
    case 0:
      return endedJob('failed', { id });
    case 1:
      return aJob({ id, nextCheckAt: someTime + (index % 8 === 1 ? 1e9 : index + 60_000) });
    case 2:
      return endedJob('succeeded', {
        id,
        name: `nightly ${index}`,
        tags: ['red'],
        parentId,
        ...indexed(index),
      });
    default:
      return { ...referenceLife({ id }).succeeded, id };
  }
}

function indexed(index: number): Pick<Job, 'metadata' | 'indexedMetadata'> {
  const metadata = { run: 7, site: 'north', load: (index % 100) / 100 };
  return { metadata, indexedMetadata: Object.keys(metadata) };
}

/** Fills an empty table with the given number of jobs, their service and their links. */
export async function fillForLists(table: Table, count: number): Promise<void> {
  const jobs = Array.from({ length: count }, (_, index) => jobAt(index));
  const Item = serviceItemKey(tenant, 'echo', '1.0.0');
  await table.client.send(new PutItemCommand({ TableName: table.tableName, Item }));
  const links = dynamoJobLinks(table);
  for (const { id: jobId } of jobs.filter((job) => job.parentId !== undefined))
    await links.add({ tenant, kind: 'child', anchorId: parentId, jobId, madeAt: someTime });
  await insertAll(dynamoJobStore(table), jobs);
}

/** Read units of the first page of 20 of a list. Throws when it is not full. */
export async function pageCost(table: Table, name: SingleFilter): Promise<number> {
  table.client.middlewareStack.remove('watchTable');
  const { totalUnits } = watchTable(table);
  const page = await dynamoJobStore(table).list({ tenant, limit: pageLimit, ...filters[name] });
  if (page.jobs.length !== pageLimit) throw new Error(`${name}: the page has ${page.jobs.length} jobs`);
  if (page.scanned !== undefined) throw new Error(`${name}: the page is filtered`);
  return totalUnits();
}
