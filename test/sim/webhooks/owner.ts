import type { WebhookKey } from '../../../core/ports/webhooks/webhook-store.ts';
import type { Scheduler } from '../scheduler.ts';
import type { SeededRandom } from '../seeded-random.ts';
import type { SimulatedReceivers } from './simulated-receivers.ts';
import type { WebhookLedger } from './webhook-ledger.ts';
import type { WebhookPorts } from './webhook-ports.ts';

/** What an owner needs to send requests. */
export interface OwnerEnvironment {
  readonly random: SeededRandom;
  readonly time: Scheduler;
  readonly ledger: WebhookLedger;
  readonly receivers: SimulatedReceivers;
  readonly ports: () => WebhookPorts;
}

/** An owner with its webhook. */
export interface Owner extends OwnerEnvironment {
  readonly key: WebhookKey;
  /** The first part of the path of its URLs, such as `/local-1`. */
  readonly path: string;
  /** Sends a request; the result is undefined if it was refused, or if its process died. */
  request<Result>(call: (ports: WebhookPorts) => Promise<Result>): Promise<Result | undefined>;
}
