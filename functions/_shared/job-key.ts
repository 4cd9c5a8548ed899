import { parseJobId } from '../../core/contract/names.ts';
import { ProblemError } from '../../core/contract/problems/problem-error.ts';
import type { JobKey } from '../../core/ports/job-store.ts';

/**
 * The job that a path names by its id or URN. Another tenant's job has another key, so it is not found. Throws
 * `not-found` for what is no id.
 */
export function jobKeyOf(tenant: string, params: Readonly<Record<string, string>>): JobKey {
  const text = params['id'] ?? '';
  const jobId = parseJobId(text);
  if (jobId === undefined) throw new ProblemError('not-found', `There is no job ${text.slice(0, 100)}`);
  return { tenant, jobId };
}
