import { AwsError } from '../aws-error.ts';
import type { Deliver } from '../cloud.ts';
import { messageOf } from '../error-message.ts';
import type { DeliveryStore, PendingDelivery } from './delivery-store.ts';
import type { FaultHook } from './fault.ts';
import { longTimer } from './long-timer.ts';
import type { RuleTarget } from './rule.ts';

/** Dependencies of the delivery queue. */
export interface DeliveryDeps {
  readonly store: DeliveryStore;
  readonly deliver: Deliver;
  /** Returns the target of a delivery; undefined if the template no longer contains it. */
  readonly targetOf: (delivery: PendingDelivery) => RuleTarget | undefined;
  /** Factor on the pauses between retries. */
  readonly retryScale: number;
  readonly fault: FaultHook<PendingDelivery>;
  readonly log: (line: string) => void;
}

/** Delivers accepted payloads to their targets, with retries within the target's limits. */
export interface DeliveryQueue {
  /** Stores all deliveries and then starts them. */
  accept(deliveries: Parameters<DeliveryStore['add']>[0]): void;
  /** Resumes the deliveries that were open when the process ended. */
  resume(): void;
  /** Stops all deliveries; open deliveries remain in the store. */
  close(): void;
}

const firstPauseMs = 1_000;
const maxPauseMs = 900_000;
const reorderDelayMs = 100;
const maxConcurrent = 64;

/**
 * Errors of a missing permission or target are not retried.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
 */
const finalError = /AccessDenied|NotFound|DoesNotExist|NonExistent|NoSuch/;

interface QueueState {
  readonly waiting: PendingDelivery[];
  readonly timers: Set<() => void>;
  postponed?: PendingDelivery | undefined;
  busy: number;
  closed: boolean;
}

/** Builds the queue over its store. */
export function createDeliveryQueue(deps: DeliveryDeps): DeliveryQueue {
  const state: QueueState = { waiting: [], timers: new Set(), busy: 0, closed: false };
  return {
    accept: (deliveries) => {
      for (const delivery of deps.store.add(deliveries)) admit(delivery, deps, state);
    },
    resume: () => {
      for (const delivery of deps.store.pending()) enqueue(delivery, deps, state);
    },
    close: () => {
      state.closed = true;
      for (const cancel of state.timers) cancel();
    },
  };
}

function admit(delivery: PendingDelivery, deps: DeliveryDeps, state: QueueState): void {
  const fault = deps.fault(delivery);
  const postponed = state.postponed;
  state.postponed = undefined;
  if (fault?.kind === 'drop') deps.store.remove(delivery.id);
  else if (fault?.kind === 'delay') later(fault.delayMs, state, () => enqueue(delivery, deps, state));
  else if (fault?.kind === 'reorder') postpone(delivery, deps, state);
  else enqueue(delivery, deps, state);
  if (fault?.kind === 'duplicate') enqueue(delivery, deps, state);
  if (postponed !== undefined) enqueue(postponed, deps, state);
}

/** Delays a delivery until after the next one, if one arrives soon. */
function postpone(delivery: PendingDelivery, deps: DeliveryDeps, state: QueueState): void {
  state.postponed = delivery;
  later(reorderDelayMs, state, () => {
    if (state.postponed !== delivery) return;
    state.postponed = undefined;
    enqueue(delivery, deps, state);
  });
}

function later(delayMs: number, state: QueueState, act: () => void): void {
  const cancel = longTimer(delayMs, () => {
    state.timers.delete(cancel);
    act();
  });
  state.timers.add(cancel);
}

function enqueue(delivery: PendingDelivery, deps: DeliveryDeps, state: QueueState): void {
  state.waiting.push(delivery);
  drain(deps, state);
}

function drain(deps: DeliveryDeps, state: QueueState): void {
  while (!state.closed && state.busy < maxConcurrent) {
    const delivery = state.waiting.shift();
    if (delivery === undefined) return;
    state.busy += 1;
    void attempt(delivery, deps, state).finally(() => {
      state.busy -= 1;
      drain(deps, state);
    });
  }
}

async function attempt(delivery: PendingDelivery, deps: DeliveryDeps, state: QueueState): Promise<void> {
  const target = deps.targetOf(delivery);
  if (target === undefined) {
    deps.log(
      `Event for ${delivery.ruleArn}, target ${delivery.targetId}, was discarded, because the template no longer contains the target`,
    );
    return deps.store.remove(delivery.id);
  }
  try {
    await deps.deliver({ targetArn: target.arn, payload: delivery.payload, principal: target.principal });
  } catch (error) {
    if (!state.closed) await handleFailure({ delivery, target, error }, deps, state);
    return;
  }
  if (!state.closed) deps.store.remove(delivery.id);
}

interface FailedDelivery {
  readonly delivery: PendingDelivery;
  readonly target: RuleTarget;
  readonly error: unknown;
}

async function handleFailure(failed: FailedDelivery, deps: DeliveryDeps, state: QueueState): Promise<void> {
  const { delivery, target, error } = failed;
  const isFinal = error instanceof AwsError && finalError.test(error.code);
  const pauseMs = Math.min(firstPauseMs * 2 ** delivery.failures, maxPauseMs) * (0.5 + Math.random() / 2);
  const isTooOld =
    Date.now() + pauseMs * deps.retryScale > delivery.acceptedAtMs + target.maximumAgeSeconds * 1000;
  if (isFinal || isTooOld || delivery.failures >= target.maximumRetries) return giveUp(failed, deps, state);
  deps.store.recordFailure(delivery.id);
  later(pauseMs * deps.retryScale, state, () =>
    enqueue({ ...delivery, failures: delivery.failures + 1 }, deps, state),
  );
}

/** Sends the event to the dead-letter queue. Without a queue the event is lost, as on AWS. */
async function giveUp(
  { delivery, target, error }: FailedDelivery,
  deps: DeliveryDeps,
  state: QueueState,
): Promise<void> {
  const why = messageOf(error);
  deps.log(`Event for ${delivery.ruleArn} could not be delivered to ${target.arn}: ${why}`);
  if (target.deadLetterArn !== undefined) {
    // The rule itself sends to the queue, regardless of the target's role.
    const principal = {
      kind: 'service',
      service: 'events.amazonaws.com',
      sourceArn: delivery.ruleArn,
    } as const;
    await deps
      .deliver({ targetArn: target.deadLetterArn, payload: delivery.event, principal })
      .catch((failure: unknown) => {
        deps.log(
          `Event for ${delivery.ruleArn} was lost, because its dead-letter queue ${target.deadLetterArn} refused it: ${String(failure)}`,
        );
      });
  }
  if (!state.closed) deps.store.remove(delivery.id);
}
