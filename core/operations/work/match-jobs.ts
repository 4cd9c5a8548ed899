import type { Clock } from '../../ports/clock.ts';
import type { JobPage, JobStore } from '../../ports/job-store.ts';
import type { Log } from '../../ports/log.ts';
import type { OperationStore } from '../../ports/operations/operation-store.ts';
import { asError } from '../../std/as-error.ts';
import { omitUndefined } from '../../std/omit-undefined.ts';
import type { Operation } from '../model/operation.ts';
import { addMatched, requestAbort, stalledMs } from '../model/operation-steps.ts';
import { commit } from './commit.ts';
import type { Step, TransientErrors } from './step.ts';

export interface MatchJobsDeps extends TransientErrors {
  readonly jobs: Pick<JobStore, 'list'>;
  readonly operations: Pick<OperationStore, 'get' | 'replace' | 'getChunk' | 'putChunk'>;
  readonly clock: Clock;
  readonly log: Log;
}

/** Number of jobs in a page of the list, and of IDs in a chunk: 18 KB. */
const pageJobs = 500;

/** After so many tries without progress, which take half an hour if reads fail, an operation is aborted. */
const maxTries = 10;

/** An operation whose list cannot be read because a service is busy is aborted after this time. */
const maxStallMs = 24 * 3_600_000;

/** Recorded as the principal that aborts such an operation. */
const errand = 'errand';

/**
 * Stores the IDs of the next page of jobs that the filter matches. From then on they belong to the operation, even if the filter no
 * longer matches them. Aborts the operation after 10 tries without progress, whether they failed or were interrupted; if a service is
 * busy, after 24 hours.
 */
export async function matchJobs(deps: MatchJobsDeps, operation: Operation): Promise<Step> {
  const { tenant, id: operationId, chunks: number, lease, expiresAt } = operation;
  // Only processes that were interrupted lead here: after so many failed reads, the operation is aborted already.
  if (operation.tries > maxTries) return abortItself(deps, operation);
  const page = await readPage(deps, operation);
  if (page === 'busy' || page === 'failed') return abortIfHopeless(deps, operation, page);
  const jobIds = await newIds(deps, operation, page);
  if (jobIds.length > 0) {
    const stored = await deps.operations.putChunk(
      { tenant, operationId },
      { number, lease, jobIds, expiresAt },
    );
    if (stored === 'superseded') return { kind: 'superseded' };
  }
  const { next } = page;
  const written = await commit(deps, operation, (current) =>
    addMatched(current, deps.clock.now(), { jobs: jobIds.length, next }),
  );
  return written === undefined ? { kind: 'superseded' } : { kind: 'continue', operation: written };
}

/** `busy` and `failed`: the list cannot be read at the moment. */
async function readPage(deps: MatchJobsDeps, operation: Operation): Promise<JobPage | 'busy' | 'failed'> {
  const { tenant, selection, matching, work } = operation;
  if (selection.kind !== 'filter') return { jobs: [] };
  // Sub-jobs are newer than their parents, and a parent can be deleted after its sub-jobs.
  const order = work.action === 'delete' ? 'desc' : 'asc';
  const query = { tenant, ...selection.filter, order, limit: pageJobs } as const;
  try {
    return await deps.jobs.list({ ...query, ...omitUndefined({ after: matching?.after }) });
  } catch (error) {
    deps.log.warn('operation-list-failed', { operationId: operation.id, error: asError(error) });
    return deps.isTransient(error) ? 'busy' : 'failed';
  }
}

/**
 * The IDs of a page. A list by names or by numbers in the metadata returns a job again if its name or its number has changed
 * meanwhile; such a job is left out.
 */
async function newIds(deps: MatchJobsDeps, operation: Operation, page: JobPage): Promise<readonly string[]> {
  const ids = page.jobs.map(({ id }) => id);
  if (!mayRepeat(operation) || operation.chunks === 0) return ids;
  const key = { tenant: operation.tenant, operationId: operation.id };
  const known = new Set<string>();
  for (let number = 0; number < operation.chunks; number += 1)
    for (const id of (await deps.operations.getChunk(key, number)) ?? []) known.add(id);
  return ids.filter((id) => !known.has(id));
}

function mayRepeat({ selection }: Operation): boolean {
  if (selection.kind !== 'filter') return false;
  const { namePrefix, metadata = [] } = selection.filter;
  return namePrefix !== undefined || metadata.some(({ kind }) => kind === 'range');
}

async function abortIfHopeless(
  deps: MatchJobsDeps,
  operation: Operation,
  kind: 'busy' | 'failed',
): Promise<Step> {
  const isHopeless =
    kind === 'busy' ? stalledMs(operation, deps.clock.now()) >= maxStallMs : operation.tries >= maxTries;
  return isHopeless ? abortItself(deps, operation) : { kind, operation };
}

async function abortItself(deps: MatchJobsDeps, operation: Operation): Promise<Step> {
  const reason = 'The list of jobs could not be read';
  const written = await commit(deps, operation, (current) =>
    requestAbort(current, deps.clock.now(), { by: errand, reason }),
  );
  return written === undefined ? { kind: 'superseded' } : { kind: 'continue', operation: written };
}
