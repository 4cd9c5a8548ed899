import { parseJobId } from '../../core/contract/names.ts';
import { ProblemError } from '../../core/contract/problems/problem-error.ts';
import type { JobKey } from '../../core/ports/job-store.ts';

/**
 * The key of the job that a path identifies by its ID or URN. It contains the caller's tenant, so jobs of
 * other tenants are never found. Throws `not-found` when the text is neither an ID nor a URN.
 */
export function jobKeyOf(tenant: string, params: Readonly<Record<string, string>>): JobKey {
  const text = params['id'] ?? '';
  const jobId = parseJobId(text);
  if (jobId === undefined)
    throw new ProblemError('not-found', `The job ${text.slice(0, 100)} does not exist`);
  return { tenant, jobId };
}
