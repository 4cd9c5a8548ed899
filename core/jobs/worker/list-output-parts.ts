import { type ListPartsDeps, listParts, type PartPage } from '../../data/list-parts.ts';
import type { DataStore } from '../../ports/data/data-store.ts';
import type { JobStore } from '../../ports/job-store.ts';
import { getOwnOutput, type OutputKey } from './own-output.ts';
import { readClaimedJob, type WorkerCaller } from './worker-access.ts';

export interface ListOutputPartsInput {
  readonly caller: WorkerCaller;
  readonly output: OutputKey;
  /** Number of the first part. */
  readonly from: number;
  readonly limit: number;
}

/**
 * A page of the parts of an output, with URLs for their PUT. Throws `unauthenticated`, `stale-attempt`, `not-found`,
 * `data-not-available` and `invalid-request`.
 */
export async function listOutputParts(
  deps: ListPartsDeps & {
    readonly jobs: Pick<JobStore, 'get'>;
    readonly data: Pick<DataStore, 'get' | 'tombstone'>;
  },
  { caller, output, from, limit }: ListOutputPartsInput,
): Promise<PartPage> {
  const job = await readClaimedJob(deps.jobs, caller);
  return listParts(deps, await getOwnOutput(deps, job, output), { from, limit });
}
