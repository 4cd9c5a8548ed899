import { ProblemError } from '../contract/problems/problem-error.ts';
import { derivedTraceparent } from '../jobs/submission/traceparent.ts';
import type { Clock } from '../ports/clock.ts';
import type { IdempotencyStore } from '../ports/idempotency-store.ts';
import type { Log } from '../ports/log.ts';
import type { OperationQueue } from '../ports/operations/operation-queue.ts';
import type { OperationKey, OperationStore } from '../ports/operations/operation-store.ts';
import type { Random } from '../ports/random.ts';
import { asError } from '../std/as-error.ts';
import type { Operation } from './model/operation.ts';
import { resendAfterMs } from './model/operation-steps.ts';

export interface CreateOperationDeps {
  readonly operations: Pick<OperationStore, 'insert' | 'get' | 'countRunning'>;
  readonly operationQueue: OperationQueue;
  readonly idempotency: IdempotencyStore;
  readonly clock: Clock;
  readonly random: Pick<Random, 'jobId'>;
  readonly log: Log;
}

/** Who requests an operation. */
export interface OperationRequester {
  readonly tenant: string;
  readonly owner: string;
  readonly traceparent?: string | undefined;
  readonly idempotency?: { readonly key: string; readonly fingerprint: string } | undefined;
}

export interface StartedOperation {
  readonly operation: Operation;
  /** True if an earlier request with the same key created the operation. */
  readonly replayed: boolean;
}

/** What an operation does. Without `matching`, its jobs are stored. */
export type NewOperation = Pick<Operation, 'work' | 'selection' | 'chunks' | 'matched'> &
  Partial<Pick<Operation, 'matching'>>;

/** Maximum number of running operations of a tenant; documented in docs/guides/many-jobs.md. */
const maxRunning = 5;

/** Maximum size of the changes of a rerun, and of a template, as JSON; the operation is written after every 50 jobs. */
export const maxChangesBytes = 16_384;

/** For how long a repeated request is recognized; documented in docs/guides/api.md. */
const keySeconds = 7 * 86_400;

/** For how long an operation is kept after its creation; documented in docs/guides/many-jobs.md. */
const lifetimeMs = 30 * 86_400_000;

/**
 * Creates an operation and queues it, or returns the operation of an earlier request with the same idempotency key. It is accepted
 * once its record is written; if it cannot be queued, the reconciler queues it. `prepare` checks the request and stores what the
 * operation needs; it may run again for the same ID. Throws its problems, `idempotency-key-reused`, and `quota-exceeded` if too many
 * operations of the tenant are running, which counts operations of the same moment only roughly.
 */
export async function createOperation(
  deps: CreateOperationDeps,
  requester: OperationRequester,
  prepare: (id: string, times: OperationTimes) => Promise<NewOperation>,
): Promise<StartedOperation> {
  const { tenant } = requester;
  const { operationId, isNew } = await reserveId(deps, requester);
  const key = { tenant, operationId };
  const existing = isNew ? undefined : await deps.operations.get(key);
  if (existing !== undefined) return { operation: existing, replayed: true };
  if ((await deps.operations.countRunning(tenant, maxRunning)) >= maxRunning) throw tooManyRunning();
  const times = timesAt(deps.clock.now());
  const operation = operationOf(requester, {
    id: operationId,
    ...times,
    ...(await prepare(operationId, times)),
  });
  const isFirst = (await deps.operations.insert(operation)) === 'inserted';
  await queue(deps, key);
  if (isFirst) return { operation, replayed: !isNew };
  return { operation: (await deps.operations.get(key)) ?? operation, replayed: true };
}

/** When an operation is created and when its records expire, in epoch milliseconds. */
export type OperationTimes = Pick<Operation, 'createdAt' | 'expiresAt'>;

function timesAt(now: number): OperationTimes {
  return { createdAt: now, expiresAt: Math.ceil((now + lifetimeMs) / 1000) * 1000 };
}

/** The ID is stored under the key first, so a repetition of an interrupted request creates the operation with the same ID. */
async function reserveId(
  deps: CreateOperationDeps,
  { tenant, idempotency }: OperationRequester,
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

function operationOf(
  { tenant, owner, traceparent }: OperationRequester,
  given: NewOperation & OperationTimes & Pick<Operation, 'id'>,
): Operation {
  const { id, createdAt } = given;
  return {
    ...given,
    tenant,
    owner,
    traceparent: traceparent ?? derivedTraceparent(id),
    status: 'running',
    cursor: { chunk: 0, offset: 0 },
    lease: 0,
    startedJobs: 0,
    tries: 0,
    done: 0,
    refused: 0,
    failed: 0,
    updatedAt: createdAt,
    nextCheckAt: createdAt + resendAfterMs,
    version: 1,
  };
}

async function queue(deps: CreateOperationDeps, key: OperationKey): Promise<void> {
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
