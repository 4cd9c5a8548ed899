import type { JsonObject } from '../contract/json.ts';
import { ProblemError } from '../contract/problems/problem-error.ts';
import type { JobFilter } from '../jobs/model/job-filter.ts';
import { derivedTraceparent } from '../jobs/submission/traceparent.ts';
import type { Clock } from '../ports/clock.ts';
import type { IdempotencyStore } from '../ports/idempotency-store.ts';
import type { Log } from '../ports/log.ts';
import type { OperationQueue } from '../ports/operations/operation-queue.ts';
import type { OperationKey, OperationStore } from '../ports/operations/operation-store.ts';
import type { Random } from '../ports/random.ts';
import { asError } from '../std/as-error.ts';
import type { Operation, OperationWork } from './model/operation.ts';
import { resendAfterMs } from './model/operation-steps.ts';

export interface ActOnJobsDeps {
  readonly operations: Pick<OperationStore, 'insert' | 'get' | 'countRunning' | 'putChunk'>;
  readonly operationQueue: OperationQueue;
  readonly idempotency: IdempotencyStore;
  readonly clock: Clock;
  readonly random: Pick<Random, 'jobId'>;
  readonly log: Log;
}

/** The jobs to act on: a filter, with its form as it was sent, or distinct IDs. */
export type RequestedJobs =
  | { readonly filter: JobFilter; readonly requested: JsonObject }
  | { readonly ids: readonly string[] };

export interface ActOnJobsInput {
  readonly tenant: string;
  readonly owner: string;
  readonly traceparent?: string | undefined;
  readonly work: OperationWork;
  readonly jobs: RequestedJobs;
  readonly idempotency?: { readonly key: string; readonly fingerprint: string } | undefined;
}

export interface StartedOperation {
  readonly operation: Operation;
  /** True if an earlier request with the same key created the operation. */
  readonly replayed: boolean;
}

/** Maximum number of running operations of a tenant; documented in docs/guides/many-jobs.md. */
const maxRunning = 5;

/** Maximum size of the changes of a rerun as JSON; the operation is written after every 50 jobs. */
export const maxChangesBytes = 16_384;

/** For how long a repeated request is recognized; documented in docs/guides/api.md. */
const keySeconds = 7 * 86_400;

/** For how long an operation is kept after its creation; documented in docs/guides/many-jobs.md. */
const lifetimeMs = 30 * 86_400_000;

const idsPerChunk = 500;

/**
 * Creates an operation that applies an action to many jobs in the background, or returns the operation of an earlier request with the
 * same idempotency key. It is accepted once its record is written; if it cannot be queued, the reconciler queues it. Jobs that are
 * created later do not belong to it. Throws `idempotency-key-reused`, and `quota-exceeded` if too many operations of the tenant are
 * running, which counts operations of the same moment only roughly.
 */
export async function actOnJobs(deps: ActOnJobsDeps, input: ActOnJobsInput): Promise<StartedOperation> {
  const { tenant } = input;
  const { operationId, isNew } = await reserveId(deps, input);
  const key = { tenant, operationId };
  const existing = isNew ? undefined : await deps.operations.get(key);
  if (existing !== undefined) return { operation: existing, replayed: true };
  if ((await deps.operations.countRunning(tenant, maxRunning)) >= maxRunning) throw tooManyRunning();
  const operation = newOperation(input, operationId, deps.clock.now());
  if ('ids' in input.jobs) await storeIds(deps, operation, input.jobs.ids);
  const isFirst = (await deps.operations.insert(operation)) === 'inserted';
  await queue(deps, key);
  if (isFirst) return { operation, replayed: !isNew };
  return { operation: (await deps.operations.get(key)) ?? operation, replayed: true };
}

/** The ID is stored under the key first, so a repetition of an interrupted request creates the operation with the same ID. */
async function reserveId(
  deps: ActOnJobsDeps,
  { tenant, idempotency }: ActOnJobsInput,
): Promise<{ readonly operationId: string; readonly isNew: boolean }> {
  const now = deps.clock.now();
  const newId = deps.random.jobId(now);
  if (idempotency === undefined) return { operationId: newId, isNew: true };
  const { jobId, fingerprint } = await deps.idempotency.remember(
    { tenant, key: `operation\n${idempotency.key}` },
    {
      jobId: newId,
      fingerprint: idempotency.fingerprint,
      expiresAtEpochSeconds: Math.ceil(now / 1000) + keySeconds,
    },
    now,
  );
  if (fingerprint !== idempotency.fingerprint)
    throw new ProblemError(
      'idempotency-key-reused',
      'This Idempotency-Key was used with a different request; use a new key',
    );
  return { operationId: jobId, isNew: jobId === newId };
}

function newOperation(
  { tenant, owner, traceparent, work, jobs }: ActOnJobsInput,
  id: string,
  now: number,
): Operation {
  const matched = 'ids' in jobs ? jobs.ids.length : 0;
  return {
    id,
    tenant,
    work,
    selection:
      'ids' in jobs
        ? { kind: 'ids' }
        : { kind: 'filter', filter: withoutLaterJobs(jobs.filter, now), requested: jobs.requested },
    owner,
    traceparent: traceparent ?? derivedTraceparent(id),
    status: 'running',
    ...('ids' in jobs ? {} : { matching: {} }),
    chunks: Math.ceil(matched / idsPerChunk),
    cursor: { chunk: 0, offset: 0 },
    lease: 0,
    startedJobs: 0,
    tries: 0,
    matched,
    done: 0,
    refused: 0,
    failed: 0,
    createdAt: now,
    updatedAt: now,
    nextCheckAt: now + resendAfterMs,
    expiresAt: Math.ceil((now + lifetimeMs) / 1000) * 1000,
    version: 1,
  };
}

/** IDs contain the time of their creation in milliseconds; jobs of this millisecond count as earlier. */
function withoutLaterJobs(filter: JobFilter, now: number): JobFilter {
  return { ...filter, createdBefore: Math.min(filter.createdBefore ?? now + 1, now + 1) };
}

async function storeIds(deps: ActOnJobsDeps, operation: Operation, ids: readonly string[]): Promise<void> {
  const key = { tenant: operation.tenant, operationId: operation.id };
  const { lease, expiresAt } = operation;
  for (let number = 0; number < operation.chunks; number += 1) {
    const jobIds = ids.slice(number * idsPerChunk, (number + 1) * idsPerChunk);
    await deps.operations.putChunk(key, { number, jobIds, lease, expiresAt });
  }
}

async function queue(deps: ActOnJobsDeps, key: OperationKey): Promise<void> {
  try {
    await deps.operationQueue.send(key, 0);
  } catch (error) {
    deps.log.warn('operation-not-queued', { operationId: key.operationId, error: asError(error) });
  }
}

function tooManyRunning(): ProblemError {
  return new ProblemError(
    'quota-exceeded',
    `${maxRunning} operations are running, which is the limit: wait until one has ended, or abort one`,
    { headers: { 'Retry-After': '30' } },
  );
}
