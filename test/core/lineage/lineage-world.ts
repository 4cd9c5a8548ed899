import type { DataObject, DataOrigin } from '../../../core/data/model/data-object.ts';
import type { Job, JobInputs } from '../../../core/jobs/model/job.ts';
import { tombstoneOf } from '../../../core/jobs/model/tombstone.ts';
import { idsOf, readInputs } from '../../../core/jobs/records/job-inputs.ts';
import { storeJson } from '../../../core/jobs/records/stored-json.ts';
import { getDataLineage } from '../../../core/lineage/get-data-lineage.ts';
import { getJobLineage } from '../../../core/lineage/get-job-lineage.ts';
import type { Direction, Lineage } from '../../../core/lineage/lineage.ts';
import { representLineage } from '../../../core/lineage/represent-lineage.ts';
import type { LinkKind } from '../../../core/ports/job-links.ts';
import { jobIdAt } from '../../support/jobs/job-id.ts';
import { aJob, someTime } from '../../support/jobs/jobs.ts';
import { memoryDataStore } from '../../support/memory/memory-data-store.ts';
import { memoryJobLinks } from '../../support/memory/memory-job-links.ts';
import { memoryJobStore } from '../../support/memory/memory-job-store.ts';
import { memoryObjectStore } from '../../support/memory/memory-object-store.ts';

export const tenant = 'local';

export interface GivenJob extends Partial<Omit<Job, 'inputs'>> {
  /** The data objects in each slot. */
  readonly uses?: Readonly<Record<string, readonly DataObject[]>>;
}

export interface GivenWalk {
  readonly directions?: readonly Direction[];
  readonly depth?: number;
}

/** Jobs and data objects, stored as the use cases store them: links first, and a mark on the job that they lead from. */
export function lineageWorld() {
  const time = { now: someTime };
  const deps = {
    jobs: memoryJobStore(),
    data: memoryDataStore(),
    links: memoryJobLinks(),
    objects: memoryObjectStore(),
    clock: { now: () => time.now },
  };
  let created = 0;
  const newId = () => {
    created += 1;
    return jobIdAt(someTime + created);
  };

  async function addData(
    name: string,
    origin: DataOrigin = { kind: 'upload', by: 'ann' },
  ): Promise<DataObject> {
    const data: DataObject = {
      ...{ tenant, id: newId(), name, mediaType: 'text/csv', sizeBytes: 12, status: 'available' },
      ...{ tags: [], origin, updatedAt: someTime, version: 1 },
    };
    await deps.data.insert(data);
    return data;
  }

  async function addJob({ uses = {}, ...given }: GivenJob = {}): Promise<Job> {
    const id = given.id ?? newId();
    const inputs: JobInputs = Object.fromEntries(
      Object.entries(uses).map(([slot, objects]) => [slot, objects.map(asInput)]),
    );
    const stored = await storeJson(
      deps.objects,
      { tenant, jobId: id, role: 'inputs' },
      JSON.stringify(inputs),
    );
    const job = { ...aJob({ id, ...given }), ...(Object.keys(uses).length === 0 ? {} : { inputs: stored }) };
    for (const [kind, anchorId] of anchorsOf(job, inputs)) {
      await deps.links.add({ tenant, kind, anchorId, jobId: id, madeAt: someTime });
      if (kind === 'child') await mark(anchorId, { hasChildren: true });
      if (kind === 'dependent') await mark(anchorId, { hasDependents: true });
    }
    await deps.jobs.insert(job);
    return job;
  }

  async function addOutput(job: Job, name: string, { attempt = 1, slot = 'out' } = {}): Promise<DataObject> {
    await mark(job.id, { hasOutputs: true });
    return addData(name, { kind: 'job', jobId: job.id, attempt, slot });
  }

  async function mark(jobId: string, members: Partial<Job>): Promise<void> {
    const job = await stored(jobId);
    await deps.jobs.replace({ ...job, ...members, version: job.version + 1 }, job.version);
  }

  async function stored(jobId: string): Promise<Job> {
    const job = await deps.jobs.get({ tenant, jobId });
    if (job === undefined) throw new Error(`The job ${jobId} does not exist`);
    return job;
  }

  async function deleteJob({ id }: Job): Promise<void> {
    const job = await stored(id);
    const inputIds = job.cascade?.inputIds ?? idsOf(await readInputs(deps, job));
    const tombstone = tombstoneOf(job, { by: 'ann', now: someTime + 99, inputIds });
    await deps.jobs.replaceWithTombstone(tombstone, job.version);
  }

  async function deleteData(data: DataObject): Promise<void> {
    await deps.data.replaceWithTombstone({ data, by: 'ann', deletedAt: someTime + 99 }, data.version);
  }

  const walkOf = ({ directions = ['up', 'down'], depth = 3 }: GivenWalk) => ({ directions, depth });
  return {
    ...{ deps, time, newId, addData, addJob, addOutput, deleteJob, deleteData, mark, stored },
    ofJob: ({ id: jobId }: Pick<Job, 'id'>, walk: GivenWalk = {}) =>
      getJobLineage(deps, { key: { tenant, jobId }, ...walkOf(walk) }),
    ofData: ({ id: dataId }: Pick<DataObject, 'id'>, walk: GivenWalk = {}) =>
      getDataLineage(deps, { key: { tenant, dataId }, ...walkOf(walk) }),
  };
}

function asInput({ id, name, mediaType, sizeBytes = 0 }: DataObject) {
  return { id, name, mediaType, sizeBytes };
}

function anchorsOf(
  { parentId, dependsOn = [], rerunOf, reusedFrom }: Job,
  inputs: JobInputs,
): readonly (readonly [LinkKind, string])[] {
  return [
    ...(parentId === undefined ? [] : [['child', parentId] as const]),
    ...dependsOn.map((id) => ['dependent', id] as const),
    ...(rerunOf === undefined ? [] : [['rerun', rerunOf] as const]),
    ...(reusedFrom === undefined ? [] : [['reuse', reusedFrom] as const]),
    ...Object.values(inputs).flatMap((slot) => slot.map(({ id }) => ['use', id] as const)),
  ];
}

/** The names of the nodes, the root first. */
export function namesOf(lineage: Lineage): readonly string[] {
  return representLineage(lineage).nodes.map(({ name }) => name);
}

/** The edges as `from relation to`, by the names of the nodes. */
export function relationsOf(lineage: Lineage): readonly string[] {
  const { nodes, edges } = representLineage(lineage);
  const names = new Map(nodes.map(({ id, name }) => [id, name]));
  return edges.map(({ from, relation, to }) => `${names.get(from)} ${relation} ${names.get(to)}`);
}
