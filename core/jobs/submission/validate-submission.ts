import { checkSubmission, type SubmitJobDeps, type SubmitJobInput } from './submit-job.ts';

/**
 * Checks a submission and stores nothing, nor marks its version as used. Throws what submitJob would refuse it for; for
 * a draft that is little, since what it lacks is no reason to refuse it.
 */
export async function validateSubmission(
  deps: Pick<SubmitJobDeps, 'services' | 'jobs'>,
  input: Pick<SubmitJobInput, 'tenant' | 'submission'>,
): Promise<void> {
  await checkSubmission(deps, input);
}
