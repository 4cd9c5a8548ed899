import type { WebhookMessage, WebhookQueue } from '../../../core/ports/webhooks/webhook-queue.ts';
import type { Scheduler } from '../scheduler.ts';
import type { SeededRandom } from '../seeded-random.ts';

/** The queue of messages about webhooks, as SQS and Lambda process it. */
export interface SimulatedQueue extends WebhookQueue {
  isEmpty(): boolean;
  /** Processes again the messages that were kept because they failed too often. */
  redrive(): void;
}

interface Environment {
  readonly random: SeededRandom;
  readonly time: Scheduler;
  readonly faultsAreOver: () => boolean;
  /** Processes a message, and returns whether that succeeded. */
  readonly process: (message: WebhookMessage) => Promise<boolean>;
}

/** As in infra/events/webhook-queue.ts. */
const [maxReceives, visibilityMs] = [10, 180_000];

/** How often messages are delivered twice; of the other kind, there are only a few. */
const doubled = { attempt: 0.05, redelivery: 0.4 };

/**
 * A queue that accepts only some of the messages of a call, delivers in any order, some messages late, some twice, some again
 * although they were processed, and some to a second process while the first one still works. A message that fails ten times
 * is kept.
 */
export function simulatedQueue({ random, time, faultsAreOver, process }: Environment): SimulatedQueue {
  const kept: WebhookMessage[] = [];
  let inFlight = 0;
  const spawn = (task: () => Promise<void>) => {
    inFlight += 1;
    time.spawn(() => task().finally(() => (inFlight -= 1)));
  };
  const receive = async (message: WebhookMessage): Promise<boolean> => {
    if (random.happens(0.03)) spawn(async () => void (await process(message)));
    const isProcessed = await process(message);
    return isProcessed && !random.happens(0.03);
  };
  const deliver = async (message: WebhookMessage, delayMs: number) => {
    await time.sleep(delayMs + latenessMs(random));
    for (let receives = 1; receives <= maxReceives; receives += 1) {
      if (await receive(message)) return;
      await time.sleep(visibilityMs);
    }
    kept.push(message);
  };
  return {
    async send(messages) {
      const unsent = messages.filter(() => !faultsAreOver() && random.happens(0.05));
      for (const { message, delaySeconds = 0 } of messages.filter((one) => !unsent.includes(one)))
        for (let copies = random.happens(doubled[message.kind]) ? 2 : 1; copies > 0; copies -= 1)
          spawn(() => deliver(message, delaySeconds * 1000));
      return unsent;
    },
    isEmpty: () => inFlight === 0 && kept.length === 0,
    redrive() {
      for (const message of kept.splice(0)) spawn(() => deliver(message, 0));
    },
  };
}

function latenessMs(random: SeededRandom): number {
  if (random.happens(0.95)) return random.whole(0, 2000);
  return random.whole(0, random.happens(0.8) ? 600_000 : 7_200_000);
}
