import type { PublishedEvent } from '../../../core/contract/schemas/event-schemas.ts';
import type { LogAndPublishDeps } from '../../../core/events/log/log-and-publish.ts';
import type { WebhookMessage } from '../../../core/ports/webhooks/webhook-queue.ts';
import type { WebhookRequest } from '../../../core/ports/webhooks/webhook-sender.ts';
import { cachedActiveWebhooks } from '../../../core/webhooks/delivery/active-webhooks.ts';
import { processMessages } from '../../../core/webhooks/delivery/process-messages.ts';
import { reconcileDeliveries } from '../../../core/webhooks/delivery/reconcile-deliveries.ts';
import { sendToWebhooks } from '../../../core/webhooks/delivery/send-to-webhooks.ts';
import { memorySlowCallSlots } from '../../support/webhooks/memory-slow-call-slots.ts';
import { dyingAfter, unlessInjected } from '../faulty.ts';
import type { World } from '../world.ts';
import { simulateOwner } from './simulated-owner.ts';
import { simulatedQueue } from './simulated-queue.ts';
import { simulatedReceivers } from './simulated-receivers.ts';
import { watchedWebhooks } from './watched-webhooks.ts';
import {
  historyOf,
  type Post,
  type Processing,
  type WebhookLedger,
  webhookLedger,
} from './webhook-ledger.ts';
import type { WebhookPorts } from './webhook-ports.ts';

export interface SimulatedWebhooks {
  readonly ledger: WebhookLedger;
  /** What a new publisher needs to send events to webhooks. */
  publisherPorts(): Pick<LogAndPublishDeps, 'sendToWebhooks'>;
  /** Whether nothing is left to do, provided that the stream is read. Throws if a delivery is stuck. */
  isSettled(): boolean;
}

/** The second tenant has no jobs. */
const tenants = ['local', 'other'];
/** Of every receiver. */
const publicAddress = '93.184.215.14';
const passIntervalMs = 60_000;
/** Far beyond every delay between two attempts. */
const longestMs = 4 * 86_400_000;

/** Owners with webhooks, the queue with the processes that deliver, the receivers, and the reconciler. */
export function simulatedWebhooks(world: World): SimulatedWebhooks {
  const { random, time, store, faultsAreOver } = world;
  const ledger = webhookLedger(time.now);
  const watched = watchedWebhooks(ledger, random);
  const receivers = simulatedReceivers(world);
  const slots = memorySlowCallSlots();
  const announce = async (events: readonly PublishedEvent[]) => {
    ledger.announced.push(...events);
    return [];
  };
  const ports = (by?: Processing): WebhookPorts => ({
    ...world.ports(),
    webhooks: world.faulty(watched.webhooks),
    webhookSecrets: world.faulty(watched.webhookSecrets),
    deliveries: world.faulty(watched.deliveries(by)),
    webhookQueue: world.faulty({ send: queue.send }),
    bus: world.faulty({ publish: announce }),
    slowCalls: world.faulty(slots),
    names: world.faulty({ resolve: async () => [publicAddress] }),
  });
  const process = async (message: WebhookMessage) => {
    const processing: Processing = { message, received: ledger.moment(), changes: store.changes.length };
    ledger.processings.push(processing);
    const post = async ({ signal: _, ...request }: WebhookRequest) => {
      const made: Post = { ...ledger.moment(), request, changes: store.changes.length };
      processing.post = made;
      const response = await receivers.respond(made);
      processing.post.response = response;
      return response;
    };
    const all = { ...ports(processing), sender: { post } };
    const isMortal = !faultsAreOver() && random.happens(0.15);
    const deps = isMortal ? dyingAfter(all, random.whole(0, 12)) : all;
    const failed = await processMessages(deps, [{ id: '', read: () => message }]);
    processing.ended = ledger.moment();
    processing.isAcknowledged = failed.length === 0;
    return processing.isAcknowledged;
  };
  const queue = simulatedQueue({ random, time, faultsAreOver, process });
  let owners = 0;
  const own = async (tenant: string, name: string) => {
    owners += 1;
    await simulateOwner({ random, time, ledger, receivers, ports }, { tenant, name });
    owners -= 1;
  };
  for (const tenant of tenants)
    for (let count = random.whole(1, tenant === 'local' ? 3 : 2); count > 0; count -= 1)
      time.spawn(() => own(tenant, `${tenant}-${count}`));
  const isSettled = () => owners === 0 && queue.isEmpty() && ledger.pending.size === 0;
  time.spawn(async () => {
    for (;;) {
      await time.sleep(untilNextPass(ledger, time.now(), faultsAreOver()));
      requireProgress(ledger, time.now());
      if (random.happens(0.1)) continue;
      const input = { budgetEndsAt: time.now() + passIntervalMs };
      await unlessInjected(reconcileDeliveries(ports(), input));
      // An operator repairs the cause of the faults first.
      if (faultsAreOver()) queue.redrive();
    }
  });
  return {
    ledger,
    isSettled,
    publisherPorts() {
      const { webhooks, ...deps } = ports();
      const activeWebhooks = cachedActiveWebhooks(webhooks, deps.clock);
      return {
        async sendToWebhooks(changes) {
          const first = ledger.moment();
          try {
            return await sendToWebhooks({ ...deps, activeWebhooks }, changes);
          } finally {
            const last = ledger.moment();
            for (const { position } of changes) {
              const known = ledger.publications.get(position);
              ledger.publications.set(position, { first: known?.first ?? first, last });
            }
          }
        },
      };
    },
  };
}

/** A minute; once there are no faults, as long as nothing is due. */
function untilNextPass({ pending, deliveries }: WebhookLedger, now: number, isQuiet: boolean): number {
  if (!isQuiet) return passIntervalMs;
  const checks = [...pending].map(
    (key) => historyOf(deliveries, key).at(-1)?.value?.delivery.nextCheckAt ?? now,
  );
  return Math.max(passIntervalMs, Math.min(...checks, now + 6 * 3_600_000) - now);
}

/** Throws if an attempt of a delivery is overdue for days. */
function requireProgress({ pending, deliveries }: WebhookLedger, now: number): void {
  for (const key of pending) {
    const delivery = historyOf(deliveries, key).at(-1)?.value?.delivery;
    const due = delivery?.nextAttemptAt ?? delivery?.updatedAt ?? now;
    if (delivery !== undefined && now > due + longestMs)
      throw new Error(`${delivery.id}: the delivery to the webhook ${delivery.webhookId} is stuck`);
  }
}
