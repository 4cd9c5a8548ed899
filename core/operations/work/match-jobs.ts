import type { Job } from '../../jobs/model/job.ts';
import type { Clock } from '../../ports/clock.ts';
import type { JobPage, JobStore } from '../../ports/job-store.ts';
import type { Log } from '../../ports/log.ts';
import type { OperationStore } from '../../ports/operations/operation-store.ts';
import { asError } from '../../std/as-error.ts';
import { omitUndefined } from '../../std/omit-undefined.ts';
import type { Matching, Operation } from '../model/operation.ts';
import { addMatched, type Matched } from '../model/operation-steps.ts';
import { abortIfHopeless, abortItself, maxTries } from './abort-itself.ts';
import {
  compareChangedJobs,
  idsPerChunk,
  mayHaveMoved,
  mayRepeatJobs,
  putChangedJobs,
} from './changed-jobs.ts';
import { commit } from './commit.ts';
import type { Step, TransientErrors } from './step.ts';

export interface MatchJobsDeps extends TransientErrors {
  readonly jobs: Pick<JobStore, 'list'>;
  readonly operations: Pick<OperationStore, 'get' | 'replace' | 'getChunk' | 'putChunk'>;
  readonly clock: Clock;
  readonly log: Log;
}

const unreadable = 'The list of jobs could not be read';

/**
 * Stores the IDs of the next page of jobs that the filter matches. From then on they belong to the operation, even if the filter no
 * longer matches them. Aborts the operation after 10 tries without progress, whether they failed or were interrupted; if a service is
 * busy, after 24 hours.
 */
export async function matchJobs(deps: MatchJobsDeps, operation: Operation): Promise<Step> {
  // Only processes that were interrupted lead here: after so many failed reads, the operation is aborted already.
  if (operation.tries > maxTries) return abortItself(deps, operation, unreadable);
  const { matching = {} } = operation;
  if (matching.comparison !== undefined) return addChangedJobs(deps, operation, matching.comparison);
  const page = await readPage(deps, operation);
  if (page === 'busy' || page === 'failed')
    return abortIfHopeless(deps, operation, { kind: page, reason: unreadable });
  const { jobIds, changedIds } = splitPage(operation, page);
  const chunks = await putChunks(deps, operation, jobIds);
  if (chunks === 'superseded') return { kind: 'superseded' };
  let { changed = 0 } = matching;
  if (changedIds.length > 0) {
    const stored = await putChangedJobs(deps, operation, { number: changed, jobIds: changedIds });
    if (stored === 'superseded') return { kind: 'superseded' };
    changed += 1;
  }
  return write(deps, operation, {
    jobs: jobIds.length,
    chunks,
    matching: nextMatching(page.next, changed),
  });
}

function splitPage(operation: Operation, { jobs }: JobPage) {
  const mayRepeat = mayRepeatJobs(operation);
  const isChanged = (job: Job) => mayRepeat && mayHaveMoved(operation, job);
  return {
    jobIds: jobs.filter((job) => !isChanged(job)).map(({ id }) => id),
    changedIds: jobs.filter(isChanged).map(({ id }) => id),
  };
}

function nextMatching(after: string | undefined, changed: number): Matching | undefined {
  if (after !== undefined) return { after, ...(changed > 0 ? { changed } : {}) };
  return changed > 0 ? { changed, comparison: { from: 0, scanned: 0 } } : undefined;
}

/** Once the list is complete, the changed jobs that the operation does not have yet come last. */
async function addChangedJobs(
  deps: MatchJobsDeps,
  operation: Operation,
  comparison: NonNullable<Matching['comparison']>,
): Promise<Step> {
  const { changed = 0 } = operation.matching ?? {};
  const compared = await compareChangedJobs(deps, operation, comparison);
  if (compared === 'superseded') return { kind: 'superseded' };
  const { to, scanned, newIds } = compared;
  if (newIds === undefined) {
    const matching = { changed, comparison: { ...comparison, to, scanned } };
    return write(deps, operation, { jobs: 0, chunks: 0, matching });
  }
  const chunks = await putChunks(deps, operation, newIds);
  if (chunks === 'superseded') return { kind: 'superseded' };
  const matching = to < changed ? { changed, comparison: { from: to, scanned: 0 } } : undefined;
  return write(deps, operation, { jobs: newIds.length, chunks, matching });
}

/** Stores IDs behind those that the operation has, and returns the number of chunks. */
async function putChunks(
  { operations }: MatchJobsDeps,
  operation: Operation,
  ids: readonly string[],
): Promise<number | 'superseded'> {
  const { tenant, id: operationId, lease, expiresAt } = operation;
  const chunks = Math.ceil(ids.length / idsPerChunk);
  for (let index = 0; index < chunks; index += 1) {
    const jobIds = ids.slice(index * idsPerChunk, (index + 1) * idsPerChunk);
    const chunk = { number: operation.chunks + index, lease, jobIds, expiresAt };
    if ((await operations.putChunk({ tenant, operationId }, chunk)) === 'superseded') return 'superseded';
  }
  return chunks;
}

async function write(deps: MatchJobsDeps, operation: Operation, matched: Matched): Promise<Step> {
  const written = await commit(deps, operation, (current) => addMatched(current, deps.clock.now(), matched));
  return written === undefined ? { kind: 'superseded' } : { kind: 'continue', operation: written };
}

/** `busy` and `failed`: the list cannot be read at the moment. */
async function readPage(deps: MatchJobsDeps, operation: Operation): Promise<JobPage | 'busy' | 'failed'> {
  const { tenant, selection, matching, work } = operation;
  if (selection.kind !== 'filter') return { jobs: [] };
  // Sub-jobs are newer than their parents, and a parent can be deleted after its sub-jobs.
  const order = work.action === 'delete' ? 'desc' : 'asc';
  const query = { tenant, ...selection.filter, order, limit: idsPerChunk } as const;
  try {
    return await deps.jobs.list({ ...query, ...omitUndefined({ after: matching?.after }) });
  } catch (error) {
    deps.log.warn('operation-list-failed', { operationId: operation.id, error: asError(error) });
    return deps.isTransient(error) ? 'busy' : 'failed';
  }
}
