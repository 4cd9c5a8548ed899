import { createdAtOf, uploadLifetimeMs } from './insert-data.ts';
import type { DataObject } from './model/data-object.ts';

const dayMs = 86_400_000;

/** How long the description of a failed upload is kept. */
const failedLifetimeMs = 7 * dayMs;

/** When the reconciler checks an expired object again that a job uses or writes, in milliseconds. */
export const expiredCheckMs = dayMs;

/** Whether an object is to be deleted automatically: it has expired, or its upload failed long ago. */
export function hasExpired(data: DataObject, now: number): boolean {
  const { status, expiresAt = Number.POSITIVE_INFINITY } = data;
  return expiresAt <= now || (status === 'failed' && failedUntil(data) <= now);
}

/**
 * When an object without a requested deletion has to be checked, in epoch milliseconds: when it expires, or when its upload or the
 * description of its failed upload ends. Undefined if there is nothing to check.
 */
export function scheduledCheckOf(data: DataObject): number | undefined {
  const { status, expiresAt = Number.POSITIVE_INFINITY } = data;
  const ends = {
    uploading: createdAtOf(data) + uploadLifetimeMs,
    failed: failedUntil(data),
    available: Number.POSITIVE_INFINITY,
  };
  const checkAt = Math.min(expiresAt, ends[status]);
  return Number.isFinite(checkAt) ? checkAt : undefined;
}

function failedUntil(data: DataObject): number {
  return createdAtOf(data) + uploadLifetimeMs + failedLifetimeMs;
}
