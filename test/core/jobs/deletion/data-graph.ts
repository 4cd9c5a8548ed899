import { completeUpload } from '../../../../core/data/complete-upload.ts';
import { insertData } from '../../../../core/data/insert-data.ts';
import { contentKey, type DataObject, type DataOrigin } from '../../../../core/data/model/data-object.ts';
import type { Job, JobInputs } from '../../../../core/jobs/model/job.ts';
import { reconcile } from '../../../../core/jobs/reconciler/reconcile.ts';
import { reconcileData } from '../../../../core/jobs/reconciler/reconcile-data.ts';
import { readInputs } from '../../../../core/jobs/records/job-inputs.ts';
import { jobIdAt } from '../../../support/jobs/job-id.ts';
import { endedJob, someTime } from '../../../support/jobs/jobs.ts';
import { testDeps } from '../../../support/jobs/test-deps.ts';

/** A job of a graph: its parent and its inputs are earlier nodes, chosen by numbers modulo what exists. */
export interface NodePlan {
  /** Undefined: no parent. */
  readonly parent: number | undefined;
  readonly inputs: readonly number[];
  readonly outputs: number;
  /** Undefined: no reuse; otherwise the job has the result of an earlier job that ran, and no outputs of its own. */
  readonly reuses?: number | undefined;
}

export interface GraphPlan {
  readonly uploads: number;
  readonly nodes: readonly NodePlan[];
}

type Deps = ReturnType<typeof testDeps>;

/** Ended jobs with their sub-jobs, inputs and outputs, in memory. */
export async function dataGraph(plan: GraphPlan) {
  const deps = testDeps();
  const [jobs, data]: [Job[], DataObject[]] = [[], []];
  const addData = async (origin: DataOrigin) => {
    const description = { name: `data ${data.length}`, sizeBytes: 1 };
    const created = await insertData(deps, { tenant: 'local', origin, description });
    deps.contents.putBytes(contentKey(created), Uint8Array.of(data.length));
    const key = { tenant: created.tenant, dataId: created.id };
    data.push((await completeUpload(deps, { key, completion: {} })).data);
  };
  for (let made = 0; made < plan.uploads; made += 1) await addData({ kind: 'upload', by: 'tester' });
  for (const [index, node] of plan.nodes.entries()) {
    const parent =
      node.parent === undefined || jobs.length === 0 ? undefined : jobs[node.parent % jobs.length];
    const ran = jobs.filter(({ reusedFrom }) => reusedFrom === undefined);
    const reused = node.reuses === undefined ? undefined : ran[node.reuses % Math.max(ran.length, 1)];
    const used = [...new Set(node.inputs.map((input) => data[input % Math.max(data.length, 1)]))];
    const job = await addJob(deps, {
      index,
      parentId: parent?.id,
      inputs: used.flatMap((each) => each ?? []),
      hasOutputs: node.outputs > 0 && reused === undefined,
      reused,
    });
    jobs.push(job);
    for (let made = 0; made < node.outputs && job.hasOutputs === true; made += 1)
      await addData({ kind: 'job', jobId: job.id, attempt: 1, slot: 'out' });
  }
  return { deps, jobs, data };
}

/** Stores an ended job with all of its links. */
export async function addJob(
  deps: Deps,
  node: {
    readonly index: number;
    readonly parentId?: string | undefined;
    readonly inputs: readonly DataObject[];
    readonly hasOutputs: boolean;
    readonly reused?: Job | undefined;
  },
): Promise<Job> {
  const id = jobIdAt(someTime + node.index);
  const link = { tenant: 'local', jobId: id, madeAt: deps.clock.now() };
  for (const { id: anchorId } of node.inputs) await deps.links.add({ ...link, kind: 'use', anchorId });
  const { reused } = node;
  if (reused !== undefined) await deps.links.add({ ...link, kind: 'reuse', anchorId: reused.id });
  if (node.parentId !== undefined) {
    await deps.links.add({ ...link, kind: 'child', anchorId: node.parentId });
    const parent = await deps.jobs.get({ tenant: 'local', jobId: node.parentId });
    if (parent !== undefined && parent.hasChildren !== true)
      await deps.jobs.replace(
        { ...parent, hasChildren: true, version: parent.version + 1 },
        parent.version,
        parent,
      );
  }
  const inputs: JobInputs = {
    in: node.inputs.map(({ id: dataId, name, mediaType }) => ({ id: dataId, name, mediaType, sizeBytes: 1 })),
  };
  const job = endedJob('succeeded', {
    id,
    contentDigest: 'same',
    ...(reused === undefined
      ? { attempt: 1 }
      : { attempt: 0, reusedFrom: reused.id, ...(reused.hasOutputs === true ? { reusedAttempt: 1 } : {}) }),
    ...(node.inputs.length === 0 ? {} : { inputs: { kind: 'inline', json: JSON.stringify(inputs) } }),
    ...(node.parentId === undefined ? {} : { parentId: node.parentId }),
    ...(node.hasOutputs ? { hasOutputs: true } : {}),
  });
  await deps.jobs.insert(job);
  return job;
}

/** Runs the reconciler until nothing is left to do, with time for every check in between. */
export async function settle(deps: Deps): Promise<void> {
  for (let pass = 0; pass < 30; pass += 1) {
    await deps.clock.sleep(120_000);
    const budgetEndsAt = Number.POSITIVE_INFINITY;
    const { checked } = await reconcile(deps, { budgetEndsAt });
    const checkedData = await reconcileData(deps, { budgetEndsAt });
    if (checked === 0 && checkedData === 0) return;
  }
  throw new Error('The reconciler finds work in every pass');
}

/** What exists: jobs with the IDs of their inputs, data objects, and the keys of stored content. */
export async function survivors(deps: Deps, made: { readonly jobs: readonly Job[] }) {
  const { data: objects } = await deps.data.list({ tenant: 'local', limit: 1000 });
  const found = await deps.jobs.getMany(
    'local',
    made.jobs.map(({ id }) => id),
  );
  const jobs = [];
  for (const job of found) {
    const inputs = await readInputs(deps, job);
    jobs.push({ job, inputIds: Object.values(inputs).flatMap((slot) => slot.map(({ id }) => id)) });
  }
  return { jobs, objects, keys: deps.contents.keys() };
}
