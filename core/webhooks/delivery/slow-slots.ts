import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { SlowCallSlots } from '../../ports/webhooks/slow-call-slots.ts';
import { asError } from '../../std/as-error.ts';
import { digest } from '../../std/digest.ts';

export interface SlowSlotDeps {
  readonly slowCalls: SlowCallSlots;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
}

/**
 * The number of slow calls to all receivers that may be in progress: half of the invocations of the function that delivers
 * (infra/events/webhook-queue.ts), even if each of them has only one slow call.
 */
export const maxSlowCalls = 20;

/** The number of slow calls to the receivers of one tenant; documented in docs/guides/webhooks.md. */
export const maxSlowCallsPerTenant = 5;

/** Longer than a call can take, so that the slot of a process that crashed becomes free again. */
const leaseMs = 30_000;

/** A slot that was taken. */
export interface SlowSlot {
  readonly slot: number;
  readonly until: number;
}

/**
 * The slots that a tenant may use: always the same ones, so that the tenants that share a slot are always the same, and a slot is taken
 * with one conditional write.
 */
export function slotsOf(tenant: string): readonly number[] {
  const first = Buffer.from(digest(tenant), 'base64url').readUInt32BE() % maxSlowCalls;
  return Array.from({ length: maxSlowCallsPerTenant }, (_, index) => (first + index) % maxSlowCalls);
}

/** Takes a slot for a slow call to a receiver of the tenant; undefined if none is free. */
export async function takeSlowSlot(
  { slowCalls, clock }: SlowSlotDeps,
  tenant: string,
): Promise<SlowSlot | undefined> {
  const now = clock.now();
  const until = now + leaseMs;
  const takenUntil = await slowCalls.read();
  for (const slot of slotsOf(tenant))
    if ((takenUntil[slot] ?? 0) <= now && (await slowCalls.take(slot, { now, until })))
      return { slot, until };
  return undefined;
}

/** Never throws: a slot that cannot be freed expires. */
export async function freeSlowSlot(
  { slowCalls, log }: SlowSlotDeps,
  { slot, until }: SlowSlot,
): Promise<void> {
  try {
    await slowCalls.free(slot, until);
  } catch (error) {
    log.warn('slot-not-freed', { slot, error: asError(error) });
  }
}
