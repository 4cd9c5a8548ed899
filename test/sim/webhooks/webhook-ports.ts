import type { EventBus } from '../../../core/ports/event-bus.ts';
import type { DeliveryStore } from '../../../core/ports/webhooks/delivery-store.ts';
import type { NameResolver } from '../../../core/ports/webhooks/name-resolver.ts';
import type { SlowCallSlots } from '../../../core/ports/webhooks/slow-call-slots.ts';
import type { WebhookQueue } from '../../../core/ports/webhooks/webhook-queue.ts';
import type { WebhookSecretStore, WebhookStore } from '../../../core/ports/webhooks/webhook-store.ts';
import type { Ports } from '../process.ts';

/** The inputs of a process that works on webhooks; its bus gets only events about webhooks. */
export interface WebhookPorts extends Ports {
  readonly webhooks: WebhookStore;
  readonly webhookSecrets: WebhookSecretStore;
  readonly deliveries: DeliveryStore;
  readonly webhookQueue: WebhookQueue;
  readonly names: NameResolver;
  readonly slowCalls: SlowCallSlots;
  readonly bus: EventBus;
}
