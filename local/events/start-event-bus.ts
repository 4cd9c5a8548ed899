import { join } from 'node:path';
import { AwsError } from '../aws-error.ts';
import type {
  AccessCheck,
  AwsRequest,
  AwsResponse,
  AwsService,
  CloudModel,
  Deliver,
  Part,
} from '../cloud.ts';
import type { JsonRecord } from '../json.ts';
import { busArnOf, busNameOf, busNames } from './bus-name.ts';
import { createDeliveryQueue, type DeliveryQueue } from './delivery-queue.ts';
import { openDeliveryStore, type PendingDelivery } from './delivery-store.ts';
import { type BusEvent, type EventFacts, toBusEvent } from './event.ts';
import type { FaultHook } from './fault.ts';
import { once } from './once.ts';
import { entriesOf, entryBus, readEntry } from './put-events.ts';
import { loadRules, type Rule } from './rule.ts';
import { startSchedules } from './schedules.ts';

/** Options of EventBridge. */
export interface EventBusOptions {
  readonly model: CloudModel;
  readonly deliver: Deliver;
  readonly dataDirectory: string;
  readonly log?: (line: string) => void;
  /** Factor on the pauses between delivery retries; default 1, smaller in tests. */
  readonly retryScale?: number;
  /** If false, schedules fire only through `fireSchedule`. */
  readonly runSchedules?: boolean;
  readonly faults?: FaultHook<PendingDelivery>;
}

/** EventBridge behind the local endpoint. */
export interface EventBus extends AwsService, Part {
  /**
   * Puts an event of an AWS service, such as Step Functions or Batch, on a bus. The event is accepted when
   * the call returns.
   */
  publish(facts: EventFacts, busName?: string): BusEvent;
  /** Puts an event from another bus or for a Lambda destination on a bus given by ARN. */
  forward(busArn: string, eventText: string): void;
  /** Fires a schedule immediately. Throws if no enabled rule with a schedule has this name. */
  fireSchedule(ruleName: string): void;
  /**
   * Observes the accepted events of a bus inside this process. Returns a function that stops the observation.
   */
  subscribe(busName: string, listener: (event: BusEvent) => void): () => void;
}

interface BusState {
  readonly model: CloudModel;
  readonly rules: readonly Rule[];
  readonly queue: DeliveryQueue;
  readonly listeners: Map<string, Set<(event: BusEvent) => void>>;
  readonly log: (line: string) => void;
}

/**
 * Starts the buses, rules and schedules of the model and resumes the deliveries of an earlier process. Throws
 * an error that names a rule that cannot run locally.
 */
export function startEventBus(options: EventBusOptions): EventBus {
  const { model, deliver, dataDirectory, retryScale = 1 } = options;
  const log = options.log ?? console.error;
  const rules = loadRules(model, new Date());
  const store = openDeliveryStore(join(dataDirectory, 'events'));
  const targetOf = (delivery: PendingDelivery) =>
    rules
      .find((rule) => rule.arn === delivery.ruleArn)
      ?.targets.find((target) => target.id === delivery.targetId);
  const fault = options.faults ?? (() => undefined);
  const queue = createDeliveryQueue({ store, deliver, targetOf, retryScale, fault, log });
  const state: BusState = { model, rules, queue, listeners: new Map(), log };
  queue.resume();
  const schedules = startSchedules(options.runSchedules === false ? [] : rules, (rule) => fire(rule, state));
  return {
    signingName: 'events',
    checks: (request) => eventsChecks(request, model),
    handle: async (request) => putEvents(request, state),
    publish: (facts, busName = 'default') => accept(toBusEvent(facts, model), busName, state),
    forward: (busArn, eventText) => forward(busArn, eventText, state),
    fireSchedule: (ruleName) => fireByName(ruleName, state),
    subscribe: (busName, listener) => subscribe(state, busName, listener),
    stop: once(async () => {
      schedules.stop();
      queue.close();
      // One turn of the event loop lets deliveries that have just ended leave the store.
      await new Promise((resolve) => setImmediate(resolve));
      store.close();
    }),
  };
}

function eventsChecks(request: AwsRequest, model: CloudModel): readonly AccessCheck[] {
  const entries = entriesOf(bodyOf(request));
  const buses = [...new Set(entries.map(entryBus))];
  return buses.map((busName) => {
    const inBus = entries.filter((entry) => entryBus(entry) === busName);
    return {
      action: 'events:PutEvents',
      resource: `arn:aws:events:${model.region}:${model.accountId}:event-bus/${busName}`,
      context: {
        'events:source': inBus.map((entry) => String(entry['Source'])),
        'events:detail-type': inBus.map((entry) => String(entry['DetailType'])),
      },
    };
  });
}

function bodyOf(request: AwsRequest): unknown {
  const target = request.headers['x-amz-target'] ?? '';
  if (target !== 'AWSEvents.PutEvents')
    throw new AwsError('UnknownOperationException', `${target} is not supported by the local runtime`);
  try {
    return JSON.parse(request.body.toString('utf8'));
  } catch {
    throw new AwsError('SerializationException', 'The request body is not JSON');
  }
}

function putEvents(request: AwsRequest, state: BusState): AwsResponse {
  const known = busNames(state.model);
  const results = entriesOf(bodyOf(request)).map((entry): JsonRecord => {
    const read = readEntry(entry, known);
    if ('ErrorCode' in read) return { ...read };
    return { EventId: accept(toBusEvent(read.facts, state.model), read.busName, state).id };
  });
  const failed = results.filter((result) => 'ErrorCode' in result).length;
  const body = JSON.stringify({ FailedEntryCount: failed, Entries: results });
  return { status: 200, headers: { 'content-type': 'application/x-amz-json-1.1' }, body };
}

/** Accepts an event. Its deliveries are stored when this function returns. */
function accept(event: BusEvent, busName: string, state: BusState): BusEvent {
  const matching = state.rules.filter((rule) => rule.busName === busName && rule.matches?.(event) === true);
  state.queue.accept(matching.flatMap((rule) => deliveriesOf(rule, event)));
  for (const listener of state.listeners.get(busName) ?? []) notify(listener, event, state);
  return event;
}

function deliveriesOf(rule: Rule, event: BusEvent): Parameters<DeliveryQueue['accept']>[0] {
  const text = JSON.stringify(event);
  return rule.targets.map((target) => ({
    ruleArn: rule.arn,
    targetId: target.id,
    payload: target.input(event),
    event: text,
    acceptedAtMs: Date.now(),
  }));
}

function notify(listener: (event: BusEvent) => void, event: BusEvent, state: BusState): void {
  try {
    listener(event);
  } catch (error) {
    state.log(`A listener of the event bus failed: ${String(error)}`);
  }
}

function forward(busArn: string, eventText: string, state: BusState): void {
  const busName = busNameOf(busArn);
  busArnOf(state.model, busName, 'An event');
  // Safe cast: the text comes from a local bus or has the same members; missing members are added.
  const received = JSON.parse(eventText) as Partial<BusEvent>;
  const facts = {
    source: received.source ?? '',
    detailType: received['detail-type'] ?? '',
    detail: received.detail ?? {},
    resources: received.resources ?? [],
    ...(received.time === undefined ? {} : { time: new Date(received.time) }),
  };
  accept(
    { ...toBusEvent(facts, state.model), ...(received.id === undefined ? {} : { id: received.id }) },
    busName,
    state,
  );
}

/**
 * The event of a schedule goes only to the targets of its own rule.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-rule-schedule.html
 */
function fire(rule: Rule, state: BusState): void {
  const facts = { source: 'aws.events', detailType: 'Scheduled Event', detail: {}, resources: [rule.arn] };
  state.queue.accept(deliveriesOf(rule, toBusEvent(facts, state.model)));
}

function fireByName(ruleName: string, state: BusState): void {
  const rule = state.rules.find((delivery) => delivery.name === ruleName && delivery.schedule !== undefined);
  if (rule === undefined) throw new Error(`No enabled rule with a schedule has the name ${ruleName}`);
  fire(rule, state);
}

function subscribe(state: BusState, busName: string, listener: (event: BusEvent) => void): () => void {
  const listeners = state.listeners.get(busName) ?? new Set();
  state.listeners.set(busName, listeners.add(listener));
  return () => listeners.delete(listener);
}
