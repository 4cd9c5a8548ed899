import { ProblemError } from '../contract/problems/problem-error.ts';
import type { DataKey } from '../ports/data/data-store.ts';
import type { Lineage } from './lineage.ts';
import { readNodes } from './read-nodes.ts';
import { type WalkDeps, type WalkInput, walkLineage } from './walk-lineage.ts';

/**
 * What a data object comes from (the job that wrote it), and what comes from it (the jobs that use it). Also of a deleted object.
 * Throws `not-found`.
 */
export async function getDataLineage(
  deps: WalkDeps,
  { key, ...walk }: WalkInput & { readonly key: DataKey },
): Promise<Lineage> {
  const [root] = await readNodes(deps, key.tenant, [{ kind: 'data', id: key.dataId }]);
  if (root === undefined) throw new ProblemError('not-found', `The data object ${key.dataId} does not exist`);
  return walkLineage(deps, root, walk);
}
