import { checkSubmission, type SubmitJobDeps, type SubmitJobInput } from './submit-job.ts';

/**
 * Checks a submission without storing anything or marking its version as used. Throws the problems that
 * `submitJob` would throw; a draft is rarely rejected, because missing values are allowed.
 */
export async function validateSubmission(
  deps: Pick<SubmitJobDeps, 'services' | 'data' | 'jobs'>,
  input: Pick<SubmitJobInput, 'tenant' | 'submission'>,
): Promise<void> {
  await checkSubmission(deps, input);
}
