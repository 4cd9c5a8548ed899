import { ProblemError } from '../contract/problems/problem-error.ts';
import type { JobKey } from '../ports/job-store.ts';
import type { Lineage } from './lineage.ts';
import { readNodes } from './read-nodes.ts';
import { type WalkDeps, type WalkInput, walkLineage } from './walk-lineage.ts';

/**
 * What a job comes from (its inputs, its parent, its dependencies, the jobs that it reruns or whose result it has), and what comes
 * from it (its outputs in all attempts, its sub-jobs, its dependents, its reruns). Also of a deleted job. Throws `not-found`.
 */
export async function getJobLineage(
  deps: WalkDeps,
  { key, ...walk }: WalkInput & { readonly key: JobKey },
): Promise<Lineage> {
  const [root] = await readNodes(deps, key.tenant, [{ kind: 'job', id: key.jobId }]);
  if (root === undefined) throw new ProblemError('not-found', `The job ${key.jobId} does not exist`);
  return walkLineage(deps, root, walk);
}
