import { parseWire } from '../../contract/http/parse-wire.ts';
import { ProblemError } from '../../contract/problems/problem-error.ts';
import { problemWithin } from '../../contract/problems/problem-within.ts';
import { submission } from '../../contract/schemas/submission-schemas.ts';
import { maxCheckMs, newCheckTime } from '../../json-schema/limits/check-time.ts';
import type { Clock } from '../../ports/clock.ts';
import { sharedReads } from '../../services/shared-reads.ts';
import { inParallel } from '../../std/in-parallel.ts';
import type { SharedChecks } from './choose-service.ts';
import { takeKey } from './create-once.ts';
import { type SubmitJobDeps, type SubmitJobInput, type SubmittedJob, submitJob } from './submit-job.ts';

export interface SubmitJobsInput extends Omit<SubmitJobInput, 'submission' | 'rerunOf'> {
  /** Submissions as they were sent: each is checked by itself. */
  readonly jobs: readonly unknown[];
}

/** What became of one submission: a `ProblemError` when it was refused, any other error when it could not be judged. */
export type SubmittedItem = { readonly submitted: SubmittedJob } | { readonly error: unknown };

const parallel = 10;
/** Checks that take less hold nobody up. */
const quickMilliseconds = 100;
const pauseMilliseconds = 250;
const noTimeLeft = `Checking the other jobs of this request took ${maxCheckMs / 1000} s, so this one was not checked; send it with fewer others`;

/**
 * Submits each job by itself and answers in their order; pointers of problems begin with `/jobs/<index>`. With an
 * idempotency key each item has a key of its own, so that a repetition makes only what is not there yet. Throws
 * `idempotency-key-reused` when the key came with another request, and the first item's error when not one of them
 * could be judged; no job was accepted then, unless its answer got lost.
 */
export async function submitJobs(
  deps: SubmitJobDeps,
  { jobs, ...input }: SubmitJobsInput,
): Promise<readonly SubmittedItem[]> {
  const { tenant, idempotency } = input;
  if (idempotency !== undefined) await takeKey(deps, { tenant, ...idempotency });
  const shared = { ...deps, services: sharedReads(deps.services), checks: sharedChecks(deps.clock) };
  const items = await inParallel(jobs, parallel, (job, index) =>
    submitItem(shared, { ...input, idempotency: keyOfItem(idempotency, index) }, { job, index }),
  );
  const [first] = items;
  if (first !== undefined && 'error' in first && !items.some(isJudged)) throw first.error;
  return items;
}

async function submitItem(
  deps: SubmitJobDeps,
  input: Omit<SubmitJobInput, 'submission'>,
  { job, index }: { readonly job: unknown; readonly index: number },
): Promise<SubmittedItem> {
  try {
    return { submitted: await submitJob(deps, { ...input, submission: parseWire(submission, job) }) };
  } catch (error) {
    return { error: error instanceof ProblemError ? problemWithin(`/jobs/${index}`, error) : error };
  }
}

/**
 * The items of a request share the time of one. Once their checks have taken long, a pause in which the same process serves
 * others follows each, however many items wait for it.
 */
function sharedChecks(clock: Clock): SharedChecks {
  const time = newCheckTime();
  const pauseLeft = () => time.lastEndedAt + pauseMilliseconds - performance.now();
  const pause = async () => {
    while (time.remainingMs >= 1 && pauseLeft() > 0) await clock.sleep(pauseLeft());
    if (time.remainingMs < 1) throw new ProblemError('unavailable', noTimeLeft);
  };
  const isQuick = () => time.remainingMs > maxCheckMs - quickMilliseconds;
  return { time, giveWay: () => (isQuick() ? undefined : pause()) };
}

/** No caller's key has a line break, so none is the key of an item. */
function keyOfItem(idempotency: SubmitJobInput['idempotency'], index: number): SubmitJobInput['idempotency'] {
  return idempotency && { ...idempotency, key: `${idempotency.key}\n${index}` };
}

function isJudged(item: SubmittedItem): boolean {
  return 'submitted' in item || item.error instanceof ProblemError;
}
