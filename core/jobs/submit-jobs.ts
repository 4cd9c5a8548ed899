import { parseWire } from '../contract/parse-wire.ts';
import { ProblemError } from '../contract/problem-error.ts';
import { problemWithin } from '../contract/problem-within.ts';
import { submission } from '../contract/submission-schemas.ts';
import { sharedReads } from '../services/shared-reads.ts';
import { takeKey } from './create-once.ts';
import { inParallel } from './in-parallel.ts';
import { type SubmitJobDeps, type SubmitJobInput, type SubmittedJob, submitJob } from './submit-job.ts';

export interface SubmitJobsInput extends Omit<SubmitJobInput, 'submission' | 'rerunOf'> {
  /** Submissions as they were sent: each is checked by itself. */
  readonly jobs: readonly unknown[];
}

/** What became of one submission: a `ProblemError` when it was refused, any other error when it could not be judged. */
export type SubmittedItem = { readonly submitted: SubmittedJob } | { readonly error: unknown };

const parallel = 10;

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
  const shared = { ...deps, services: sharedReads(deps.services) };
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

/** No caller's key has a line break, so none is the key of an item. */
function keyOfItem(idempotency: SubmitJobInput['idempotency'], index: number): SubmitJobInput['idempotency'] {
  return idempotency && { ...idempotency, key: `${idempotency.key}\n${index}` };
}

function isJudged(item: SubmittedItem): boolean {
  return 'submitted' in item || item.error instanceof ProblemError;
}
