import type { JsonObject } from '../contract/json.ts';
import type { JobFilter } from '../jobs/model/job-filter.ts';
import type { OperationKey, OperationStore } from '../ports/operations/operation-store.ts';
import {
  type CreateOperationDeps,
  createOperation,
  type NewOperation,
  type OperationRequester,
  type OperationTimes,
  type StartedOperation,
} from './create-operation.ts';
import type { JobWork } from './model/operation.ts';

export interface ActOnJobsDeps extends CreateOperationDeps {
  readonly operations: Pick<OperationStore, 'insert' | 'get' | 'countRunning' | 'putChunk'>;
}

/** The jobs to act on: a filter, with its form as it was sent, or distinct IDs. */
export type RequestedJobs =
  | { readonly filter: JobFilter; readonly requested: JsonObject }
  | { readonly ids: readonly string[] };

export interface ActOnJobsInput extends OperationRequester {
  readonly work: JobWork;
  readonly jobs: RequestedJobs;
}

const idsPerChunk = 500;

/**
 * Creates an operation that applies an action to many jobs in the background, or returns the operation of an earlier request with the
 * same idempotency key. Jobs that are created later do not belong to it. Throws the problems of `createOperation`.
 */
export async function actOnJobs(
  deps: ActOnJobsDeps,
  { work, jobs, ...requester }: ActOnJobsInput,
): Promise<StartedOperation> {
  return createOperation(deps, requester, async (operationId, times): Promise<NewOperation> => {
    if ('filter' in jobs) {
      const filter = withoutLaterJobs(jobs.filter, times.createdAt);
      const selection = { kind: 'filter', filter, requested: jobs.requested } as const;
      return { work, selection, matching: {}, chunks: 0, matched: 0 };
    }
    const chunks = Math.ceil(jobs.ids.length / idsPerChunk);
    await storeIds(deps, { tenant: requester.tenant, operationId }, { ids: jobs.ids, chunks, times });
    return { work, selection: { kind: 'ids' }, chunks, matched: jobs.ids.length };
  });
}

/** IDs contain the time of their creation in milliseconds; jobs of this millisecond count as earlier. */
function withoutLaterJobs(filter: JobFilter, now: number): JobFilter {
  return { ...filter, createdBefore: Math.min(filter.createdBefore ?? now + 1, now + 1) };
}

interface IdsToStore {
  readonly ids: readonly string[];
  readonly chunks: number;
  readonly times: OperationTimes;
}

async function storeIds(
  deps: ActOnJobsDeps,
  key: OperationKey,
  { ids, chunks, times: { expiresAt } }: IdsToStore,
): Promise<void> {
  for (let number = 0; number < chunks; number += 1) {
    const jobIds = ids.slice(number * idsPerChunk, (number + 1) * idsPerChunk);
    await deps.operations.putChunk(key, { number, jobIds, lease: 0, expiresAt });
  }
}
