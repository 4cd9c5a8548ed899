import type { InputIds, Job } from '../jobs/model/job.ts';
import { idsOf, readInputs } from '../jobs/records/job-inputs.ts';
import type { DataStore } from '../ports/data/data-store.ts';
import type { JobStore } from '../ports/job-store.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import { inParallel } from '../std/in-parallel.ts';
import type { DataNode, JobNode, LineageNode, NodeKey } from './lineage.ts';

export interface ReadNodesDeps {
  readonly jobs: Pick<JobStore, 'get' | 'getMany' | 'tombstone'>;
  readonly data: Pick<DataStore, 'getMany' | 'tombstone'>;
  readonly objects: Pick<ObjectStore, 'get'>;
}

/** The number of records that one call of `getMany` reads. */
const batchSize = 100;

const parallel = 10;

/** Reads nodes with strong consistency: existing ones from their records, deleted ones from their tombstones, others not at all. */
export async function readNodes(
  deps: ReadNodesDeps,
  tenant: string,
  keys: readonly NodeKey[],
): Promise<readonly LineageNode[]> {
  const idsOf = (kind: NodeKey['kind']) => keys.filter((key) => key.kind === kind).map(({ id }) => id);
  const jobs = await inBatches(idsOf('job'), (ids) => readJobs(deps, tenant, ids));
  const data = await inBatches(idsOf('data'), (ids) => readData(deps, tenant, ids));
  return [...jobs, ...data];
}

async function inBatches(
  ids: readonly string[],
  read: (ids: readonly string[]) => Promise<readonly LineageNode[]>,
): Promise<readonly LineageNode[]> {
  const nodes: LineageNode[] = [];
  for (let start = 0; start < ids.length; start += batchSize)
    nodes.push(...(await read(ids.slice(start, start + batchSize))));
  return nodes;
}

async function readJobs(
  deps: ReadNodesDeps,
  tenant: string,
  ids: readonly string[],
): Promise<readonly JobNode[]> {
  const jobs = await deps.jobs.getMany(tenant, ids);
  const nodes = await inParallel(jobs, parallel, (job) => nodeOfJob(deps, job));
  const deleted = await inParallel(missing(ids, jobs), parallel, (jobId) =>
    deletedJob(deps, { tenant, jobId }),
  );
  return [...nodes, ...deleted].filter((node) => node !== undefined);
}

async function readData(
  deps: ReadNodesDeps,
  tenant: string,
  ids: readonly string[],
): Promise<readonly DataNode[]> {
  const found = await deps.data.getMany(tenant, ids);
  const deleted = await inParallel(missing(ids, found), parallel, async (dataId) => {
    const tombstone = await deps.data.tombstone({ tenant, dataId });
    if (tombstone === undefined) return undefined;
    const { data, deletedAt } = tombstone;
    return { kind: 'data' as const, id: dataId, data, deletedAt };
  });
  return [
    ...found.map((data) => ({ kind: 'data' as const, id: data.id, data })),
    ...deleted.filter((node) => node !== undefined),
  ];
}

function missing(ids: readonly string[], found: ReadonlyArray<{ readonly id: string }>): readonly string[] {
  const existing = new Set(found.map(({ id }) => id));
  return ids.filter((id) => !existing.has(id));
}

async function deletedJob(
  { jobs }: ReadNodesDeps,
  key: { readonly tenant: string; readonly jobId: string },
): Promise<JobNode | undefined> {
  const tombstone = await jobs.tombstone(key);
  if (tombstone === undefined) return undefined;
  const { job, deletedAt, inputIds = {} } = tombstone;
  return { kind: 'job', id: key.jobId, job, inputIds, deletedAt };
}

/** The object with the inputs disappears while the job is being deleted; then the job is read again, which now contains the IDs. */
async function nodeOfJob(deps: ReadNodesDeps, job: Job): Promise<JobNode | undefined> {
  try {
    return { kind: 'job', id: job.id, job, inputIds: await readInputIds(deps, job) };
  } catch (error) {
    const key = { tenant: job.tenant, jobId: job.id };
    const current = await deps.jobs.get(key);
    if (current === undefined) return deletedJob(deps, key);
    if (current.version === job.version) throw error;
    return nodeOfJob(deps, current);
  }
}

async function readInputIds(deps: ReadNodesDeps, job: Job): Promise<InputIds> {
  return job.cascade?.inputIds ?? idsOf(await readInputs(deps, job));
}
