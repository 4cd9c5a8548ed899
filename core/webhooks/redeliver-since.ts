import { parseTimestamp } from '../contract/date-time.ts';
import { violationsError } from '../contract/problems/problem-error.ts';
import type { RedeliverRequest } from '../contract/schemas/webhook-schemas.ts';
import type { Clock } from '../ports/clock.ts';
import type { Random } from '../ports/random.ts';
import type { Settings } from '../ports/settings.ts';
import type { OutgoingMessage, RedeliveryMessage, WebhookQueue } from '../ports/webhooks/webhook-queue.ts';
import type { WebhookKey, WebhookStore } from '../ports/webhooks/webhook-store.ts';
import { getWebhook } from './get-webhook.ts';
import { sendOrThrow } from './records/send-or-throw.ts';
import { requireActive, type WebhookPrecondition } from './webhook-problems.ts';

export interface RedeliverSinceDeps {
  readonly webhooks: Pick<WebhookStore, 'get'>;
  readonly webhookQueue: WebhookQueue;
  readonly clock: Pick<Clock, 'now'>;
  readonly random: Pick<Random, 'jobId'>;
  readonly settings: Pick<Settings, 'eventLogDays'>;
}

export interface RedeliverSinceInput {
  readonly key: WebhookKey;
  readonly request: RedeliverRequest;
  readonly meetsPrecondition?: WebhookPrecondition;
}

/** Deliveries are kept for 30 days: whether an earlier event was delivered is not known. */
const maxMissedMs = 29 * 86_400_000;

/** After this time, no publisher takes the webhook for disabled any more: it caches webhooks for 5 s. */
const missedDelaySeconds = 10;

/**
 * Requests the repetition of the deliveries of events since a time, and the deliveries of events that the webhook missed, in the
 * background. Throws `not-found`, `precondition-failed`, `webhook-disabled`, and `invalid-request` if missed events are requested
 * without an event log.
 */
export async function redeliverSince(
  deps: RedeliverSinceDeps,
  { key, request, meetsPrecondition }: RedeliverSinceInput,
): Promise<RedeliveryMessage> {
  requireActive(await getWebhook(deps, key, meetsPrecondition));
  const now = deps.clock.now();
  const { tenant, webhookId } = key;
  const message: RedeliveryMessage = {
    kind: 'redelivery',
    tenant,
    webhookId,
    requestId: deps.random.jobId(now),
    since: Math.min(Math.max(parseTimestamp(request.since) ?? 0, 0), now),
    until: now,
    include: request.include ?? 'failed',
  };
  requireLog(deps, message);
  await sendOrThrow(deps.webhookQueue, messagesOf(deps, message));
  return message;
}

function requireLog({ settings }: RedeliverSinceDeps, { include }: RedeliveryMessage): void {
  if (include !== 'missed' || settings.eventLogDays > 0) return;
  const detail =
    'must be "failed" or "all": this deployment has no event log, so missed events cannot be delivered';
  throw violationsError('invalid-request', [{ pointer: '/include', detail, keyword: 'enum' }]);
}

function messagesOf(
  { settings }: RedeliverSinceDeps,
  message: RedeliveryMessage,
): readonly OutgoingMessage[] {
  const missed = {
    message: {
      ...message,
      include: 'missed' as const,
      since: Math.max(message.since, message.until - maxMissedMs),
    },
    delaySeconds: missedDelaySeconds,
  };
  if (message.include === 'missed') return [missed];
  return message.include === 'all' && settings.eventLogDays > 0 ? [{ message }, missed] : [{ message }];
}
