import type { OperationStore } from '../../ports/operations/operation-store.ts';
import { asError } from '../../std/as-error.ts';
import { inParallel } from '../../std/in-parallel.ts';
import { type Operation, type Refusal, treatedJobs } from '../model/operation.ts';
import {
  addOutcomes,
  endOperation,
  hasUncountedJobs,
  sliceJobs,
  stalledMs,
} from '../model/operation-steps.ts';
import { commit } from './commit.ts';
import { type ReadSliceDeps, readSlice, type Slice } from './read-slice.ts';
import type { Step } from './step.ts';
import { type JobOutcome, treatJob } from './treat-job.ts';

export type ActOnSliceDeps = ReadSliceDeps & {
  readonly operations: Pick<OperationStore, 'get' | 'replace' | 'getChunk' | 'putRefusals'>;
};

const parallel = 10;

/** After this time, the outcomes are counted before more jobs are treated: the lease must not expire meanwhile. */
const sliceMs = 10_000;

/** After so many tries, a job that cannot be treated counts as failed: 8 minutes for the first one of an operation. */
const maxTriesOfJob = { first: 5, later: 2 } as const;

/** After so many tries to read the elements, which take half an hour, the remaining ones fail. */
const maxTriesToRead = 10;

/**
 * A job that cannot be treated because a service is busy counts as failed after this time: if no job can be treated, if only others
 * can, and after a request to abort. Documented in docs/guides/many-jobs.md.
 */
const maxStallMs = { all: 24 * 3_600_000, alone: 30 * 60_000, aborting: 10 * 60_000 } as const;

/** After so many processes that ended while they treated a job, the job counts as failed without another try. */
const maxInterruptions = 10;

const internalError: Refusal['problem'] = {
  slug: 'internal',
  detail:
    'An internal error prevented the action on this job; try it again, and contact the operator if it fails again',
};

const busyForLong: Refusal['problem'] = {
  slug: 'unavailable',
  detail:
    'The job could not be processed, because Errand or a service of AWS was throttled or unreachable for too long; repeat the action for this job',
};

/**
 * Treats the next jobs of an operation and counts their outcomes with one write. Jobs after one that cannot be treated at the moment
 * are not counted either, although they may be treated: the next try treats them again.
 */
export async function actOnSlice(
  deps: ActOnSliceDeps,
  operation: Operation,
  budgetEndsAt: number,
): Promise<Step> {
  const slice = await readSlice(deps, operation, sizeOf(operation));
  if (slice === 'end') return endStep(deps, operation, 'succeeded');
  if (slice === 'lost') return failRemaining(deps, operation);
  if (slice === 'busy' || slice === 'unreadable') {
    const isHopeless =
      slice === 'busy'
        ? stalledMs(operation, deps.clock.now()) >= maxStallMs.all
        : operation.tries >= maxTriesToRead;
    if (isHopeless) return failRemaining(deps, operation);
    return { kind: slice === 'busy' ? 'busy' : 'failed', operation };
  }
  const sliceEndsAt = Math.min(budgetEndsAt, deps.clock.now() + sliceMs);
  const { outcomes, started } = await treatAll(deps, operation, { slice, sliceEndsAt });
  const counted = countedOutcomes(operation, outcomes, deps.clock.now());
  const refusals = refusalsOf(slice, counted);
  // A page that an interrupted process stored for the same jobs is replaced, even if no job is refused now.
  if (refusals.length > 0 || hasUncountedJobs(operation)) {
    const key = { tenant: operation.tenant, operationId: operation.id };
    const page = { position: treatedJobs(operation), refusals };
    const { lease, expiresAt } = operation;
    if ((await deps.operations.putRefusals(key, { ...page, lease, expiresAt })) === 'superseded')
      return { kind: 'superseded' };
  }
  const written = await commit(deps, operation, (current) =>
    addOutcomes(current, deps.clock.now(), {
      ...countsOf(counted),
      cursor: slice.cursorAfter(counted.length),
      started,
    }),
  );
  if (written === undefined) return { kind: 'superseded' };
  const stuck = outcomes[counted.length]?.kind;
  const kind = stuck === 'busy' ? 'busy' : stuck === 'error' ? 'failed' : 'continue';
  return { kind, operation: written };
}

/**
 * One after processes were interrupted, so that a job that ends every process stops only itself. After a request to abort, no job is
 * treated that was not treated before.
 */
function sizeOf(operation: Operation): number {
  const { tries, abort, startedJobs } = operation;
  const size = tries < 2 ? sliceJobs : 1;
  return abort === undefined ? size : Math.min(size, startedJobs - treatedJobs(operation));
}

/** The outcomes of the jobs before the first one that was left out, and the number of jobs that may have been treated. */
interface Treated {
  readonly outcomes: readonly JobOutcome[];
  readonly started: number;
}

/** Treats the jobs in order. Those that would start too late are left out, except for the first. */
async function treatAll(
  deps: ActOnSliceDeps,
  operation: Operation,
  { slice: { items }, sliceEndsAt }: { readonly slice: Slice; readonly sliceEndsAt: number },
): Promise<Treated> {
  if (operation.tries > maxInterruptions) return { outcomes: [{ kind: 'error' }], started: 1 };
  const outcomes = await inParallel(items, parallel, async (item, index) =>
    index === 0 || deps.clock.now() < sliceEndsAt ? treatJob(deps, operation, item) : undefined,
  );
  const end = outcomes.indexOf(undefined);
  return {
    outcomes: outcomes.slice(0, end === -1 ? undefined : end).flatMap((outcome) => outcome ?? []),
    // A clock that was set back may have let a job start after one that was left out.
    started: outcomes.findLastIndex((outcome) => outcome !== undefined) + 1,
  };
}

/**
 * The outcomes before the first job that could not be treated. Such a first job counts if it was tried for long enough; if a service
 * was busy for so long, all jobs count that were tried with it.
 */
function countedOutcomes(
  operation: Operation,
  outcomes: readonly JobOutcome[],
  now: number,
): readonly JobOutcome[] {
  const { tries, failed, abort } = operation;
  const [first, ...others] = outcomes.map(isTreated);
  const maxTries = failed === 0 ? maxTriesOfJob.first : maxTriesOfJob.later;
  const maxMs = maxStallMs[abort !== undefined ? 'aborting' : others.includes(true) ? 'alone' : 'all'];
  const isBusyForLong = outcomes[0]?.kind === 'busy' && stalledMs(operation, now) >= maxMs;
  const isGivenUp = isBusyForLong || (outcomes[0]?.kind === 'error' && tries >= maxTries);
  if (first === false && !isGivenUp) return [];
  const end = outcomes.findIndex(
    ({ kind }, index) => index > 0 && (kind === 'error' || (kind === 'busy' && !isBusyForLong)),
  );
  return end === -1 ? outcomes : outcomes.slice(0, end);
}

function isTreated({ kind }: JobOutcome): boolean {
  return kind === 'done' || kind === 'refused';
}

function refusalsOf({ items }: Slice, outcomes: readonly JobOutcome[]): readonly Refusal[] {
  return outcomes.flatMap((outcome, index) => {
    const item = items[index];
    if (outcome.kind === 'done' || item === undefined) return [];
    if (outcome.kind === 'refused') return [{ ...item.subject, problem: outcome.problem }];
    return [{ ...item.subject, problem: outcome.kind === 'busy' ? busyForLong : internalError }];
  });
}

function countsOf(outcomes: readonly JobOutcome[]) {
  const count = (wanted: JobOutcome['kind']) => outcomes.filter(({ kind }) => kind === wanted).length;
  return { done: count('done'), refused: count('refused'), failed: count('error') + count('busy') };
}

/** Ends an operation whose remaining job IDs have expired, which takes 30 days, or whose elements cannot be read. */
async function failRemaining(deps: ActOnSliceDeps, operation: Operation): Promise<Step> {
  const failed = operation.matched - treatedJobs(operation);
  deps.log.warn('operation-expired', {
    operationId: operation.id,
    error: asError(`${failed} jobs are left`),
  });
  const cursor = { chunk: operation.chunks, offset: 0 };
  const written = await commit(deps, operation, (current) =>
    addOutcomes(current, deps.clock.now(), { done: 0, refused: 0, failed, cursor, started: failed }),
  );
  return written === undefined ? { kind: 'superseded' } : { kind: 'continue', operation: written };
}

/** Ends the operation. */
export async function endStep(
  deps: Pick<ActOnSliceDeps, 'operations' | 'clock'>,
  operation: Operation,
  status: 'succeeded' | 'aborted',
): Promise<Step> {
  const ended = await commit(deps, operation, (current) => endOperation(current, status, deps.clock.now()));
  return ended === undefined ? { kind: 'superseded' } : { kind: 'continue', operation: ended };
}
