import { parseWire } from '../../contract/http/parse-wire.ts';
import { ProblemError } from '../../contract/problems/problem-error.ts';
import { problemWithin } from '../../contract/problems/problem-within.ts';
import { submission } from '../../contract/schemas/submission-schemas.ts';
import { maxCheckMs, newCheckTime } from '../../json-schema/limits/check-time.ts';
import type { Clock } from '../../ports/clock.ts';
import { sharedReads } from '../../services/shared-reads.ts';
import { inParallel } from '../../std/in-parallel.ts';
import { omitUndefined } from '../../std/omit-undefined.ts';
import type { SharedChecks } from './choose-service.ts';
import { reserveKey } from './create-once.ts';
import { type SubmitJobDeps, type SubmitJobInput, type SubmittedJob, submitJob } from './submit-job.ts';

export interface SubmitJobsInput extends Omit<SubmitJobInput, 'submission' | 'rerunOf'> {
  /** The submissions as they were sent: each is validated separately. */
  readonly jobs: readonly unknown[];
  /** The group of the jobs that name none. */
  readonly group?: string;
}

/**
 * The result of one submission: a `ProblemError` if it was rejected, any other error if it could not be
 * processed.
 */
export type SubmittedItem = { readonly submitted: SubmittedJob } | { readonly error: unknown };

const parallel = 10;
/** For this time, the checks of a request run without pauses. */
const uninterruptedMs = 100;
const pauseMs = 250;
const noTimeLeft = `Checking the other jobs of this request took ${maxCheckMs / 1000} s, so this job was not checked; send it in a request with fewer jobs`;

/**
 * Submits each job separately and returns the results in the same order; pointers of problems start with
 * `/jobs/<index>`. With an idempotency key each item gets a key of its own, so that a repetition creates only
 * the missing jobs. Throws `idempotency-key-reused` if the key was used with another request, and the first
 * item's error if no item could be processed; then no job was accepted, unless its response was lost.
 */
export async function submitJobs(
  deps: SubmitJobDeps,
  { jobs, group, ...input }: SubmitJobsInput,
): Promise<readonly SubmittedItem[]> {
  const { tenant, idempotency } = input;
  if (idempotency !== undefined) await reserveKey(deps, { tenant, ...idempotency });
  const shared = { ...deps, services: sharedReads(deps.services), checks: sharedChecks(deps.clock) };
  const items = await inParallel(jobs, parallel, (job, index) =>
    submitItem(shared, { ...input, idempotency: keyOfItem(idempotency, index) }, { job, index, group }),
  );
  const [first] = items;
  if (first !== undefined && 'error' in first && !items.some(isProcessed)) throw first.error;
  return items;
}

async function submitItem(
  deps: SubmitJobDeps,
  input: Omit<SubmitJobInput, 'submission'>,
  {
    job,
    index,
    group,
  }: { readonly job: unknown; readonly index: number; readonly group: string | undefined },
): Promise<SubmittedItem> {
  try {
    const parsed = { ...omitUndefined({ group }), ...parseWire(submission, job) };
    return { submitted: await submitJob(deps, { ...input, submission: parsed }) };
  } catch (error) {
    return { error: error instanceof ProblemError ? problemWithin(`/jobs/${index}`, error) : error };
  }
}

/**
 * All submissions of a request share the check time of one. After 100 ms of checks, each further check waits
 * until 250 ms have passed since the previous one. The pauses help the other callers on one machine, where a
 * thread serves all calls of a function (decision 4). On Lambda, a process serves one request at a time.
 */
function sharedChecks(clock: Clock): SharedChecks {
  const time = newCheckTime();
  const pauseLeft = () => time.lastEndedAt + pauseMs - performance.now();
  const pause = async () => {
    while (time.remainingMs >= 1 && pauseLeft() > 0) await clock.sleep(pauseLeft());
    if (time.remainingMs < 1) throw new ProblemError('unavailable', noTimeLeft);
  };
  const isEarly = () => time.remainingMs > maxCheckMs - uninterruptedMs;
  return { time, pauseIfNeeded: () => (isEarly() ? undefined : pause()) };
}

/** A client's key contains no line break, so it never equals the key of an item. */
function keyOfItem(idempotency: SubmitJobInput['idempotency'], index: number): SubmitJobInput['idempotency'] {
  return idempotency && { ...idempotency, key: `${idempotency.key}\n${index}` };
}

function isProcessed(item: SubmittedItem): boolean {
  return 'submitted' in item || item.error instanceof ProblemError;
}
