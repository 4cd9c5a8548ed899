import { omit } from '../../std/omit.ts';
import { type Delivery, type DeliveryAttempt, maxKeptAttempts, parseDeliveryId } from './delivery.ts';
import type { WebhookResponse } from './response.ts';
import { parseRetryAfter } from './retry-after.ts';
import { nextDelayMs } from './retry-schedule.ts';

/** The time after which the reconciler assumes that the message for an attempt was lost. */
const recoveryMs = 600_000;

/** The same where a scale shortens all times: a message may wait behind many others. */
const minRecoveryMs = 30_000;

/** An attempt that was made, and what determines the next one. */
export interface MadeAttempt {
  readonly attempt: DeliveryAttempt;
  readonly response: WebhookResponse;
  /** From 0 (inclusive) to 1 (exclusive). */
  readonly random: number;
  readonly scale: number;
}

/** Whether a response means that the event was received. */
export function isReceived(response: WebhookResponse): boolean {
  return response.kind === 'response' && response.status >= 200 && response.status < 300;
}

/** Whether a response means that the receiver wants no more events. */
export function isGone(response: WebhookResponse): boolean {
  return response.kind === 'response' && response.status === 410;
}

/** A delivery after an attempt: delivered, pending with the time of the next attempt, or failed. */
export function afterAttempt(delivery: Delivery, made: MadeAttempt): Delivery {
  const { attempt, response } = made;
  const now = attempt.at + attempt.durationMs;
  const tries = delivery.tries + 1;
  const next = {
    ...omit(delivery, ['nextAttemptAt', 'nextCheckAt']),
    attempts: [...delivery.attempts, attempt].slice(-maxKeptAttempts),
    tries,
    updatedAt: Math.max(now, delivery.updatedAt),
    version: delivery.version + 1,
  };
  if (isReceived(response)) return { ...next, status: 'delivered' };
  const delayMs = isGone(response) ? undefined : delayOf(delivery, tries, made);
  if (delayMs === undefined) return { ...next, status: 'failed' };
  const nextAttemptAt = now + delayMs;
  return { ...next, status: 'pending', nextAttemptAt, nextCheckAt: checkAt(nextAttemptAt, now, made.scale) };
}

function delayOf({ id }: Delivery, tries: number, made: MadeAttempt): number | undefined {
  if (parseDeliveryId(id)?.sequence === 0) return undefined; // a test event has one attempt
  const { attempt, response, random, scale } = made;
  const header = response.kind === 'response' ? response.retryAfter : undefined;
  return nextDelayMs({ tries, retryAfterMs: parseRetryAfter(header, attempt.at), random, scale });
}

/** The longest delay that a message can have; a later attempt is left to the reconciler. */
export const maxMessageDelayMs = 900_000;

/** Until a time that a message can wait for, the reconciler only replaces a message that was lost. */
function checkAt(nextAttemptAt: number, now: number, scale: number): number {
  if (nextAttemptAt - now > maxMessageDelayMs) return nextAttemptAt;
  return nextAttemptAt + Math.max(Math.round(recoveryMs * scale), minRecoveryMs);
}

/** A delivery that ends without an attempt, because its webhook is disabled or was deleted. */
export function abandoned(delivery: Delivery, now: number): Delivery {
  return {
    ...omit(delivery, ['nextAttemptAt', 'nextCheckAt']),
    status: 'failed',
    updatedAt: Math.max(now, delivery.updatedAt),
    version: delivery.version + 1,
  };
}

/** A delivery that starts a new round of attempts now. */
export function restarted(delivery: Delivery, now: number, requestId?: string): Delivery {
  return {
    ...delivery,
    status: 'pending',
    round: delivery.round + 1,
    tries: 0,
    nextAttemptAt: now,
    nextCheckAt: now + recoveryMs,
    ...(requestId === undefined ? {} : { requestId }),
    updatedAt: Math.max(now, delivery.updatedAt),
    version: delivery.version + 1,
  };
}

/** A pending delivery for which a message was sent again. */
export function checkedAgain(delivery: Delivery, now: number): Delivery {
  return { ...delivery, nextCheckAt: now + recoveryMs, version: delivery.version + 1 };
}
