import { entryAt } from '../../events/log/entry-at.ts';
import type { LogFilter } from '../../events/log/log-filter.ts';
import { type ReadLogDeps, readLog } from '../../events/log/read-log.ts';
import type { Settings } from '../../ports/settings.ts';
import type { OutgoingMessage, RedeliveryMessage, WebhookQueue } from '../../ports/webhooks/webhook-queue.ts';
import type { WebhookStore } from '../../ports/webhooks/webhook-store.ts';
import { omitUndefined } from '../../std/omit-undefined.ts';
import { deliveryIdOf } from '../model/delivery.ts';
import type { WebhookFilter } from '../model/webhook.ts';
import { sendOrThrow } from '../records/send-or-throw.ts';

export interface DeliverMissedDeps extends ReadLogDeps {
  readonly webhooks: Pick<WebhookStore, 'get'>;
  readonly webhookQueue: WebhookQueue;
  readonly settings: ReadLogDeps['settings'] & Pick<Settings, 'apiBaseUrl'>;
}

const pageSize = 100;

/** Events of this time after the request are delivered too: a publisher may have taken the webhook for disabled. */
const overlapMs = 60_000;

/**
 * Requests the first attempts for one page of the events that a webhook missed, and requests the next page. An event with a delivery
 * is not delivered again: its message is obsolete. Does nothing without an event log, and ends if the webhook is no longer active.
 */
export async function deliverMissed(deps: DeliverMissedDeps, message: RedeliveryMessage): Promise<void> {
  const { tenant, webhookId, since, until } = message;
  const webhook = await deps.webhooks.get(message);
  if (webhook?.status !== 'active' || deps.settings.eventLogDays === 0) return;
  const position = message.logPosition ?? (await positionAt(deps, tenant, since));
  if (position === undefined) return;
  const page = await readLog(deps, {
    tenant,
    // What has expired in the meantime is left out.
    position: { ...position, notBefore: 0 },
    filter: logFilterOf(webhook),
    limit: pageSize,
    baseUrl: deps.settings.apiBaseUrl,
  });
  const events = page.events.map(({ event }) => ({ event, at: Date.parse(event.time) }));
  const last = until + overlapMs;
  const attempts = events
    .filter(({ at }) => at >= since && at <= last)
    .map(({ event: { data, sequence }, at }): OutgoingMessage => {
      const deliveryId = deliveryIdOf({ at, jobId: data.jobId, sequence: Number(sequence) });
      return { message: { kind: 'attempt', tenant, webhookId, deliveryId, round: 0, number: 1 } };
    });
  await sendOrThrow(deps.webhookQueue, attempts);
  if (page.isAtEnd || events.some(({ at }) => at > last)) return;
  const { number, index } = page.next;
  await sendOrThrow(deps.webhookQueue, [{ message: { ...message, logPosition: { number, index } } }]);
}

async function positionAt(
  { eventLog }: DeliverMissedDeps,
  tenant: string,
  since: number,
): Promise<RedeliveryMessage['logPosition'] | undefined> {
  const number = await entryAt(eventLog, tenant, since);
  return number === undefined ? undefined : { number, index: 0 };
}

/** The filter of a webhook: an empty list matches every event. */
function logFilterOf({ states, services, tags }: WebhookFilter): LogFilter {
  return omitUndefined({
    types: states.length === 0 ? undefined : states.map((state) => `errand.job.${state}`),
    services: services.length === 0 ? undefined : services,
    anyTag: tags.length === 0 ? undefined : tags,
  });
}
