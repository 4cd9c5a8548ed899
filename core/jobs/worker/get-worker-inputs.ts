import type { WorkerInputs } from '../../contract/schemas/worker-schemas.ts';
import { contentUrl } from '../../data/content-url.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ContentStore } from '../../ports/data/content-store.ts';
import type { DataStore } from '../../ports/data/data-store.ts';
import type { JobStore } from '../../ports/job-store.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { ServiceReader } from '../../ports/service-store.ts';
import { inParallel } from '../../std/in-parallel.ts';
import { requireServiceOf } from '../records/accepted-definition.ts';
import { distinctIds, idsOf, mapSlots, readInputs } from '../records/job-inputs.ts';
import { readClaimedJob, type WorkerCaller } from './worker-access.ts';

export interface GetWorkerInputsDeps {
  readonly jobs: Pick<JobStore, 'get'>;
  readonly services: ServiceReader;
  readonly objects: ObjectStore;
  readonly data: Pick<DataStore, 'getMany'>;
  readonly contents: Pick<ContentStore, 'presignDownload'>;
  readonly clock: Clock;
}

const parallel = 10;

/**
 * The inputs of the job with URLs that are valid for 15 minutes, for the worker of the current attempt; a repeated call returns new
 * URLs. Every input slot of the service is listed, so that the worker recognizes a slot that the service does not have. Throws
 * `unauthenticated` and `stale-attempt`.
 */
export async function getWorkerInputs(
  deps: GetWorkerInputsDeps,
  caller: WorkerCaller,
): Promise<WorkerInputs> {
  const job = await readClaimedJob(deps.jobs, caller);
  const { definition } = await requireServiceOf(deps.services, job);
  const empty = mapSlots(definition.inputs ?? {}, (): readonly string[] => []);
  const ids = { ...empty, ...idsOf(await readInputs(deps, job)) };
  const found = job.inputs === undefined ? [] : await deps.data.getMany(job.tenant, distinctIds(ids));
  const shown = await inParallel(found, parallel, async (data) => {
    const { id, name, mediaType, sizeBytes = 0 } = data;
    return [id, { id, name, mediaType, sizeBytes, ...(await contentUrl(deps, data)) }] as const;
  });
  const byId = new Map(shown);
  return mapSlots(ids, (slot) =>
    slot.map((id) => {
      const input = byId.get(id);
      // A job that uses a data object prevents its deletion.
      if (input === undefined) throw new Error(`The input ${id} of the job ${job.id} is missing`);
      return input;
    }),
  );
}
