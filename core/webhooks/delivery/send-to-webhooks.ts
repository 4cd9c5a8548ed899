import type { JobEvent } from '../../contract/schemas/event-schemas.ts';
import { eventsOf, type JobChange } from '../../events/publish-events.ts';
import type { Log } from '../../ports/log.ts';
import type { Settings } from '../../ports/settings.ts';
import type { OutgoingMessage, WebhookQueue } from '../../ports/webhooks/webhook-queue.ts';
import { asError } from '../../std/as-error.ts';
import { deliveryIdOf } from '../model/delivery.ts';
import { matchesEvent } from '../model/matches-event.ts';
import type { Webhook } from '../model/webhook.ts';
import type { ActiveWebhooks } from './active-webhooks.ts';

export interface SendToWebhooksDeps {
  readonly activeWebhooks: ActiveWebhooks;
  readonly webhookQueue: WebhookQueue;
  readonly log: Log;
  readonly settings: Pick<Settings, 'apiBaseUrl'>;
}

/**
 * Requests the delivery of the transitions in a batch of changes to the webhooks whose filters they match, and returns the positions
 * of the changes for which it could not. A batch that is processed twice requests deliveries with the same IDs.
 */
export async function sendToWebhooks(
  deps: SendToWebhooksDeps,
  changes: readonly JobChange[],
): Promise<readonly string[]> {
  const events = changes.flatMap((change) =>
    eventsOf(change, deps.settings.apiBaseUrl).map((event) => ({ position: change.position, event })),
  );
  const webhooksOf = await readWebhooks(deps, new Set(events.map(({ event }) => event.tenant)));
  const outgoing = events.flatMap(({ position, event }) =>
    (webhooksOf.get(event.tenant) ?? [])
      .filter((webhook) => matchesEvent(webhook, event))
      .map((webhook) => ({ position, message: firstAttempt(webhook, event) })),
  );
  const unsent = new Set(
    outgoing.length === 0 ? [] : await deps.webhookQueue.send(outgoing.map(({ message }) => message)),
  );
  if (unsent.size > 0) deps.log.warn('deliveries-not-requested', { count: unsent.size });
  const failed = new Set([
    ...events
      .filter(({ event }) => webhooksOf.get(event.tenant) === undefined)
      .map(({ position }) => position),
    ...outgoing.filter(({ message }) => unsent.has(message)).map(({ position }) => position),
  ]);
  return changes.map(({ position }) => position).filter((position) => failed.has(position));
}

/** The webhooks of each tenant; a tenant whose webhooks could not be read is absent. */
async function readWebhooks(
  { activeWebhooks, log }: SendToWebhooksDeps,
  tenants: ReadonlySet<string>,
): Promise<ReadonlyMap<string, readonly Webhook[]>> {
  const found = await Promise.all(
    [...tenants].map(async (tenant) => {
      try {
        return [[tenant, await activeWebhooks(tenant)] as const];
      } catch (error) {
        log.warn('webhooks-not-read', { tenant, error: asError(error) });
        return [];
      }
    }),
  );
  return new Map(found.flat());
}

function firstAttempt({ tenant, id: webhookId }: Webhook, event: JobEvent): OutgoingMessage {
  const { jobId } = event.data;
  const deliveryId = deliveryIdOf({ at: Date.parse(event.time), jobId, sequence: Number(event.sequence) });
  return { message: { kind: 'attempt', tenant, webhookId, deliveryId, round: 0, number: 1 } };
}
