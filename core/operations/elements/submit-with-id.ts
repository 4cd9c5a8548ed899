import { ProblemError } from '../../contract/problems/problem-error.ts';
import { markServiceUsed } from '../../jobs/submission/choose-service.ts';
import type { NewJobId } from '../../jobs/submission/create-once.ts';
import type { NewJobInput } from '../../jobs/submission/new-job.ts';
import { checkSubmission, insertAndStart, type SubmitJobDeps } from '../../jobs/submission/submit-job.ts';
import type { JobKey } from '../../ports/job-store.ts';

/**
 * Creates the job of a submission under an ID that its caller has chosen, which must be the same for each repetition, and starts it.
 * Does nothing if there is a job with this ID, also a deleted one: an earlier try has created it. Throws the problems of a submission;
 * then there is no such job.
 */
export async function submitWithId(deps: SubmitJobDeps, input: NewJobInput, newId: NewJobId): Promise<void> {
  const key = { tenant: input.tenant, jobId: newId.jobId };
  try {
    const choice = await checkSubmission(deps, input);
    // Only the first job of a version marks it as used, unless the service was changed since an earlier try.
    if (choice.kind === 'job' && !choice.service.used && (await wasCreated(deps, key))) return;
    const checked = await markServiceUsed(deps, input.submission, choice);
    await insertAndStart(deps, { ...input, ...checked }, newId);
  } catch (error) {
    // Since an earlier try, the service, an input or the job itself may have been changed or deleted.
    if (error instanceof ProblemError && (await wasCreated(deps, key))) return;
    throw error;
  }
}

/** Whether a job exists or was deleted. */
export async function wasCreated({ jobs }: Pick<SubmitJobDeps, 'jobs'>, key: JobKey): Promise<boolean> {
  return (await jobs.get(key)) !== undefined || (await jobs.tombstone(key)) !== undefined;
}
