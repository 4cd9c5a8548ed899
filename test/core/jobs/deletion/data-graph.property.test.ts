import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ProblemError } from '../../../../core/contract/problems/problem-error.ts';
import { contentKey, type DataObject } from '../../../../core/data/model/data-object.ts';
import { deleteData } from '../../../../core/jobs/deletion/delete-data.ts';
import { deleteJob } from '../../../../core/jobs/deletion/delete-job.ts';
import type { DeletionScope } from '../../../../core/jobs/deletion/deletion.ts';
import type { Job } from '../../../../core/jobs/model/job.ts';
import { isDeletedWithParent } from '../../../../core/jobs/reuse/reusable-job.ts';
import { dyingProcess, ProcessDied } from '../../../support/memory/dying-process.ts';
import { addJob, dataGraph, type GraphPlan, settle, survivors } from './data-graph.ts';

const graphs: fc.Arbitrary<GraphPlan> = fc.record({
  uploads: fc.integer({ min: 0, max: 2 }),
  nodes: fc.array(
    fc.record({
      // Most jobs are near the first one, and most use something that another job wrote.
      parent: fc.oneof(fc.constant(undefined), fc.nat(20), fc.constant(0), fc.constant(0)),
      inputs: fc.array(fc.nat(20), { maxLength: 3 }),
      outputs: fc.constantFrom(0, 1, 1, 2),
      reuses: fc.oneof(fc.constant(undefined), fc.constant(undefined), fc.nat(20)),
    }),
    { minLength: 1, maxLength: 6 },
  ),
});

interface Step {
  readonly kind: 'job' | 'data' | 'use' | 'reuse' | 'reconcile';
  readonly target: number;
  readonly scope: DeletionScope;
  /** The call at which the process dies; undefined: it survives. */
  readonly diesAt: number | undefined;
  readonly effect: boolean;
}

const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.record({
    kind: fc.constantFrom('job', 'job', 'job', 'data', 'use', 'reuse', 'reconcile'),
    target: fc.oneof(fc.constant(0), fc.nat(20)),
    scope: fc.record({
      withChildren: fc.constantFrom(true, true, false),
      withOutputs: fc.constantFrom(true, true, false),
      withInputs: fc.boolean(),
    }),
    diesAt: fc.option(fc.integer({ min: 1, max: 40 }), { nil: undefined }),
    effect: fc.boolean(),
  }),
  { minLength: 1, maxLength: 8 },
);

type Graph = Awaited<ReturnType<typeof dataGraph>>;

const mortalPorts = ['jobs', 'links', 'objects', 'data', 'contents'] as const;

test('no data object of a surviving job is lost, nothing unreachable stays, and refusals are complete', async () => {
  await fc.assert(
    fc.asyncProperty(graphs, steps, async (plan, sequence) => {
      const graph = await dataGraph(plan);
      const jobs = [...graph.jobs];
      for (const step of sequence) await takeStep(graph, jobs, step);
      await settle(graph.deps);
      const data = sequence.filter(({ kind }) => kind === 'data');
      const removed = new Set(data.map(({ target }) => graph.data[target % graph.data.length]?.id ?? ''));
      await expectNothingLost(graph, jobs, removed);
      await expectNothingLeft(graph, jobs);
    }),
    { numRuns: 500 },
  );
}, 120_000);

async function takeStep(graph: Graph, jobs: Job[], step: Step): Promise<void> {
  if (step.kind === 'reconcile') return settle(graph.deps);
  if (step.kind === 'use') return useSomeData(graph, jobs, step);
  if (step.kind === 'reuse') return reuseSomeResult(graph, jobs, step);
  const death = { atCall: step.diesAt ?? Number.POSITIVE_INFINITY, effect: step.effect };
  const { deps } = dyingProcess(graph.deps, mortalPorts, death);
  const before = await survivors(graph.deps, { jobs });
  try {
    if (step.kind === 'data') await deleteSomeData(deps, graph, step);
    else await deleteSomeJob(deps, jobs, step);
  } catch (error) {
    if (error instanceof ProcessDied) return;
    if (!(error instanceof ProblemError)) throw error;
    expectCompleteRefusal(error, { step, before, jobs, data: graph.data });
  }
}

async function deleteSomeData(deps: Graph['deps'], { data }: Graph, { target }: Step): Promise<void> {
  const chosen = data[target % Math.max(data.length, 1)];
  if (chosen !== undefined)
    await deleteData(deps, { key: { tenant: 'local', dataId: chosen.id }, by: 'tester' });
}

async function deleteSomeJob(
  deps: Graph['deps'],
  jobs: readonly Job[],
  { target, scope }: Step,
): Promise<void> {
  const { id } = jobs[target % jobs.length] as Job; // there is at least one
  const options = { by: 'tester', dryRun: false, meetsPrecondition: () => true };
  await deleteJob(deps, { key: { tenant: 'local', jobId: id }, ...scope, ...options });
}

/** A job that starts to use a data object as submissions do: it writes its link, and gives up if the object is being deleted. */
async function useSomeData({ deps, data }: Graph, jobs: Job[], { target }: Step): Promise<void> {
  const chosen = data[target % Math.max(data.length, 1)];
  if (chosen === undefined) return;
  const current = await deps.data.get({ tenant: 'local', dataId: chosen.id });
  if (current === undefined || current.deletion !== undefined) return;
  jobs.push(await addJob(deps, { index: 1000 + jobs.length, inputs: [chosen], hasOutputs: false }));
}

/** A job that reuses a result as submissions do: only of a job that ran, exists, and is not being deleted, alone or with a parent. */
async function reuseSomeResult({ deps }: Graph, jobs: Job[], { target }: Step): Promise<void> {
  const chosen = jobs[target % jobs.length] as Job; // there is at least one
  const reused = await deps.jobs.get({ tenant: 'local', jobId: chosen.id });
  if (reused === undefined || reused.reusedFrom !== undefined || reused.cascade !== undefined) return;
  if (await isDeletedWithParent(deps, reused)) return;
  jobs.push(await addJob(deps, { index: 1000 + jobs.length, inputs: [], hasOutputs: false, reused }));
}

interface Refusal {
  readonly step: Step;
  readonly before: Awaited<ReturnType<typeof survivors>>;
  readonly jobs: readonly Job[];
  readonly data: readonly DataObject[];
}

/** The refusal lists exactly what a naive search of the graph finds. */
function expectCompleteRefusal(error: ProblemError, { step, before, jobs, data }: Refusal): void {
  const { jobIds = [], dataIds = [] } = error.extension;
  const usersAmong = (ids: ReadonlySet<string>) =>
    before.jobs.filter(
      ({ job, inputIds }) => job.cascade?.accepted !== true && inputIds.some((id) => ids.has(id)),
    );
  if (error.slug === 'data-in-use') {
    const id = data[step.target % data.length]?.id ?? '';
    expect(jobIds.toSorted()).toEqual(
      usersAmong(new Set([id]))
        .map(({ job }) => job.id)
        .toSorted(),
    );
    return;
  }
  if (error.slug !== 'job-has-dependents') return;
  const rootId = jobs[step.target % jobs.length]?.id ?? '';
  // A deletion that died has left its mark: the next one continues with the scopes of both.
  const marked = before.jobs.find(({ job }) => job.id === rootId)?.job.cascade;
  const tree = treeOf(before, rootId, step.scope.withChildren || marked?.withChildren === true);
  const outputs = before.objects.filter(({ origin }) => origin.kind === 'job' && tree.has(origin.jobId));
  const ids = outputs.map(({ id }) => id);
  if (error.message.includes('has outputs')) {
    expect(dataIds.toSorted()).toEqual(ids.toSorted());
  } else if (error.message.includes('reuse the result')) {
    const reusing = before.jobs.filter(
      ({ job }) => tree.has(job.reusedFrom ?? '') && !tree.has(job.id) && job.cascade?.accepted !== true,
    );
    expect(jobIds.toSorted()).toEqual(reusing.map(({ job }) => job.id).toSorted());
  } else if (error.message.includes('use outputs')) {
    const others = usersAmong(new Set(ids)).filter(({ job }) => !tree.has(job.id));
    expect(jobIds.toSorted()).toEqual(others.map(({ job }) => job.id).toSorted());
  } else {
    const [root = ''] = tree;
    const children = before.jobs.filter(({ job }) => job.parentId === root).map(({ job }) => job.id);
    expect(jobIds.toSorted()).toEqual(children.toSorted());
  }
}

function treeOf({ jobs }: Refusal['before'], root: string, withChildren: boolean): ReadonlySet<string> {
  const tree = new Set([root]);
  if (withChildren)
    for (const id of tree) for (const { job } of jobs) if (job.parentId === id) tree.add(job.id);
  return tree;
}

async function expectNothingLost(
  { deps, data: made }: Graph,
  jobs: readonly Job[],
  removed: ReadonlySet<string>,
): Promise<void> {
  const { jobs: surviving, objects, keys } = await survivors(deps, { jobs });
  const available = new Set(objects.filter(({ status }) => status === 'available').map(({ id }) => id));
  for (const { job, inputIds } of surviving) {
    expect(job.cascade, 'no deletion stays unfinished').toBeUndefined();
    for (const id of inputIds) expect(available.has(id), `${job.id} lost its input ${id}`).toBe(true);
  }
  const ids = new Set(surviving.map(({ job }) => job.id));
  for (const { job } of surviving)
    if (job.reusedFrom !== undefined)
      expect(ids.has(job.reusedFrom), `${job.id} lost the result of ${job.reusedFrom}`).toBe(true);
  for (const data of objects) expect(keys).toContain(contentKey(data));
  const existing = new Set(surviving.map(({ job }) => job.id));
  for (const { id, origin } of made)
    if (origin.kind === 'job' && existing.has(origin.jobId) && !removed.has(id))
      expect(available.has(id), `${origin.jobId} lost its output ${id}`).toBe(true);
}

async function expectNothingLeft({ deps }: Graph, jobs: readonly Job[]): Promise<void> {
  const { jobs: surviving, objects, keys } = await survivors(deps, { jobs });
  expect(keys.toSorted()).toEqual(objects.map(contentKey).toSorted());
  const existing = new Set(surviving.map(({ job }) => job.id));
  const used = new Set(surviving.flatMap(({ inputIds }) => inputIds));
  for (const { id, origin, deletion } of objects) {
    expect(deletion, `the deletion of ${id} is finished`).toBeUndefined();
    if (origin.kind === 'job' && !existing.has(origin.jobId))
      expect(used.has(id), `${id} has neither its job nor a user`).toBe(true);
  }
}
