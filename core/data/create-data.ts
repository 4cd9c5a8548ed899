import { ProblemError } from '../contract/problems/problem-error.ts';
import type { IdempotencyStore } from '../ports/idempotency-store.ts';
import { missingData } from './data-problems.ts';
import { type InsertDataDeps, type InsertDataInput, insertData } from './insert-data.ts';
import type { DataObject } from './model/data-object.ts';

export interface CreateDataDeps extends InsertDataDeps {
  readonly idempotency: IdempotencyStore;
}

export interface CreateDataInput extends Omit<InsertDataInput, 'dataId'> {
  readonly idempotency?: { readonly key: string; readonly fingerprint: string } | undefined;
}

export interface CreatedData {
  readonly data: DataObject;
  /** True if an earlier request with the same key created the object. */
  readonly replayed: boolean;
}

/** For how long a repeated request is recognized; documented in docs/guides/api.md. */
const retentionSeconds = 7 * 86_400;

/**
 * Creates a data object, or returns the object of an earlier request with the same idempotency key. The ID is stored under the key
 * first, so a repetition of an interrupted request creates the object with the same ID. Throws `idempotency-key-reused`,
 * `data-deleted`, and the errors of `insertData`.
 */
export async function createData(
  deps: CreateDataDeps,
  { idempotency, ...input }: CreateDataInput,
): Promise<CreatedData> {
  if (idempotency === undefined) return { data: await insertData(deps, input), replayed: false };
  const { tenant } = input;
  const now = deps.clock.now();
  const newId = deps.random.jobId(now);
  const remembered = await deps.idempotency.remember(
    { tenant, key: `data\n${idempotency.key}` },
    {
      jobId: newId,
      fingerprint: idempotency.fingerprint,
      expiresAtEpochSeconds: Math.ceil(now / 1000) + retentionSeconds,
    },
    now,
  );
  if (remembered.fingerprint !== idempotency.fingerprint)
    throw new ProblemError(
      'idempotency-key-reused',
      'This Idempotency-Key was used with a different request; use a new key',
    );
  const dataId = remembered.jobId;
  if (dataId === newId) return { data: await insertData(deps, { ...input, dataId }), replayed: false };
  const existing = await deps.data.get({ tenant, dataId });
  if (existing !== undefined) return { data: existing, replayed: true };
  // Without a tombstone, the first try was interrupted before it created the object.
  if ((await deps.data.tombstone({ tenant, dataId })) !== undefined)
    throw await missingData(deps.data, { tenant, dataId });
  return { data: await insertData(deps, { ...input, dataId }), replayed: true };
}
