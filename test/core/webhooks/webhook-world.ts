import type { PublishedEvent } from '../../../core/contract/schemas/event-schemas.ts';
import type { NewWebhook } from '../../../core/contract/schemas/webhook-schemas.ts';
import { appendToLog } from '../../../core/events/log/append-to-log.ts';
import { logTails } from '../../../core/events/log/log-tails.ts';
import type { Job } from '../../../core/jobs/model/job.ts';
import type { EventBus } from '../../../core/ports/event-bus.ts';
import type { WebhookMessage } from '../../../core/ports/webhooks/webhook-queue.ts';
import type { WebhookRequest, WebhookSender } from '../../../core/ports/webhooks/webhook-sender.ts';
import { createWebhook } from '../../../core/webhooks/create-webhook.ts';
import { processMessages } from '../../../core/webhooks/delivery/process-messages.ts';
import { reconcileDeliveries } from '../../../core/webhooks/delivery/reconcile-deliveries.ts';
import { sendToWebhooks } from '../../../core/webhooks/delivery/send-to-webhooks.ts';
import type { WebhookResponse } from '../../../core/webhooks/model/response.ts';
import { endedJob, someTime } from '../../support/jobs/jobs.ts';
import { testDeps } from '../../support/jobs/test-deps.ts';
import { memoryEventLog } from '../../support/memory/events/memory-event-log.ts';

export const received: WebhookResponse = { kind: 'response', status: 204, answer: '' };

export function responded(status: number, rest: { readonly retryAfter?: string } = {}): WebhookResponse {
  return { kind: 'response', status, answer: 'an answer', ...rest };
}

type Respond = (request: WebhookRequest) => WebhookResponse | Promise<WebhookResponse>;

/** In-memory stores of webhooks with a clock whose time only `advance` changes, and a receiver. */
export function webhookWorld() {
  const time = { now: someTime + 1000 };
  const waiting: { readonly at: number; readonly wake: () => void }[] = [];
  const clock = {
    now: () => time.now,
    sleep: (durationMs: number) =>
      new Promise<void>((wake) => void waiting.push({ at: time.now + durationMs, wake })),
  };
  const requests: WebhookRequest[] = [];
  const receiver: { respond: Respond } = { respond: () => received };
  const sender: WebhookSender = {
    async post(request) {
      requests.push(request);
      return receiver.respond(request);
    },
  };
  const announced: PublishedEvent[] = [];
  const bus: EventBus = {
    async publish(events) {
      announced.push(...events);
      return [];
    },
  };
  const base = testDeps();
  const activeWebhooks = async (tenant: string) =>
    (await base.webhooks.list(tenant, 'strong')).filter(({ status }) => status === 'active');
  const eventLog = memoryEventLog();
  const deps = { ...base, clock, sender, bus, activeWebhooks, eventLog };
  const tails = logTails({ eventLog, clock });

  const advance = (durationMs: number) => {
    time.now += durationMs;
    for (const sleeper of waiting.filter(({ at }) => at <= time.now)) {
      waiting.splice(waiting.indexOf(sleeper), 1);
      sleeper.wake();
    }
  };
  const create = async (description: Partial<NewWebhook> = {}, tenant = 'local') =>
    (await createWebhook(deps, { tenant, description: { url: 'https://receiver.example/', ...description } }))
      .webhook;
  /** Stores a job that ended, and requests the deliveries of its events. */
  const publish = async (job: Job = endedJob('succeeded')) => {
    await deps.jobs.insert(job);
    return sendToWebhooks(deps, [{ position: '1', after: job }]);
  };
  /** The same, after the events were appended to the event log. */
  const publishLogged = async (job: Job) => {
    await appendToLog({ ...deps, tails }, [{ position: '1', after: job }]);
    return publish(job);
  };
  const process = (messages: readonly WebhookMessage[], given: typeof deps = deps) =>
    processMessages(
      given,
      messages.map((message, index) => ({ id: String(index), read: () => message })),
    );
  const reconcile = () => reconcileDeliveries(deps, { budgetEndsAt: Number.POSITIVE_INFINITY });
  const listed = async (webhookId: string, tenant = 'local') =>
    (await deps.deliveries.list({ tenant, webhookId, order: 'asc', limit: 1000 })).deliveries;
  return {
    time,
    deps,
    requests,
    receiver,
    announced,
    advance,
    create,
    publish,
    publishLogged,
    process,
    reconcile,
    listed,
  };
}

/** The IDs of the events in requests. */
export function eventIds(requests: readonly WebhookRequest[]): readonly string[] {
  return requests.map(({ headers }) => headers['webhook-id'] ?? '');
}
