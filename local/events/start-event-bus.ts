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
import { busArnOf, busNameOf, busNames } from './bus-name.ts';
import { createDeliveryQueue, type DeliveryQueue } from './delivery-queue.ts';
import { openDeliveryStore, type PendingDelivery } from './delivery-store.ts';
import { type BusEvent, type EventFacts, toBusEvent } from './event.ts';
import type { FaultHook } from './fault.ts';
import type { JsonObject } from './json.ts';
import { once } from './once.ts';
import { entriesOf, entryBus, readEntry } from './put-events.ts';
import { loadRules, type Rule } from './rule.ts';
import { startSchedules } from './schedules.ts';

/** What EventBridge runs on. */
export interface EventBusOptions {
  readonly model: CloudModel;
  readonly deliver: Deliver;
  readonly dataDirectory: string;
  readonly log?: (line: string) => void;
  /** Multiplies the pauses between delivery tries; 1 unless a test wants it faster. */
  readonly retryScale?: number;
  /** False leaves schedules to `fireSchedule`. */
  readonly runSchedules?: boolean;
  readonly faults?: FaultHook<PendingDelivery>;
}

/** EventBridge behind the local endpoint. */
export interface EventBus extends AwsService, Part {
  /** Puts an event that an AWS service sends, such as Step Functions or Batch, on a bus. Accepted once it returns. */
  publish(facts: EventFacts, busName?: string): BusEvent;
  /** Puts an event that came from another bus, or a Lambda destination's, on a bus given by ARN. */
  forward(busArn: string, eventText: string): void;
  /** Fires a schedule now. Throws when no enabled rule with a schedule has the name. */
  fireSchedule(ruleName: string): void;
  /** Watches a bus inside this process, after acceptance. Returns the way to stop watching. */
  subscribe(busName: string, listener: (event: BusEvent) => void): () => void;
}

interface BusState {
  readonly model: CloudModel;
  readonly rules: readonly Rule[];
  readonly queue: DeliveryQueue;
  readonly listeners: Map<string, Set<(event: BusEvent) => void>>;
  readonly log: (line: string) => void;
}

/** Starts the buses, rules and schedules of the model and delivers what an earlier process left. Throws naming a rule that it cannot carry out. */
export function startEventBus(options: EventBusOptions): EventBus {
  const { model, deliver, dataDirectory, retryScale = 1 } = options;
  const log = options.log ?? console.error;
  const rules = loadRules(model, new Date());
  const store = openDeliveryStore(join(dataDirectory, 'events'));
  const targetOf = (one: PendingDelivery) =>
    rules.find((rule) => rule.arn === one.ruleArn)?.targets.find((target) => target.id === one.targetId);
  const fault = options.faults ?? (() => undefined);
  const queue = createDeliveryQueue({ store, deliver, targetOf, retryScale, fault, log });
  const state: BusState = { model, rules, queue, listeners: new Map(), log };
  queue.resume();
  const schedules = startSchedules(options.runSchedules === false ? [] : rules, (rule) => fire(rule, state));
  return {
    signingName: 'events',
    checks: (request) => eventsChecks(request, model),
    handle: async (request) => putEvents(request, state),
    publish: (facts, busName = 'default') => place(toBusEvent(facts, model), busName, state),
    forward: (busArn, eventText) => forward(busArn, eventText, state),
    fireSchedule: (ruleName) => fireByName(ruleName, state),
    subscribe: (busName, listener) => subscribe(state, busName, listener),
    stop: once(async () => {
      schedules.stop();
      queue.close();
      // One turn lets deliveries that have just ended leave the store.
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
  const results = entriesOf(bodyOf(request)).map((entry): JsonObject => {
    const read = readEntry(entry, known);
    if ('ErrorCode' in read) return { ...read };
    return { EventId: place(toBusEvent(read.facts, state.model), read.busName, state).id };
  });
  const failed = results.filter((result) => 'ErrorCode' in result).length;
  const body = JSON.stringify({ FailedEntryCount: failed, Entries: results });
  return { status: 200, headers: { 'content-type': 'application/x-amz-json-1.1' }, body };
}

/** Accepts an event: its deliveries are durable when this returns. */
function place(event: BusEvent, busName: string, state: BusState): BusEvent {
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
  // Safe cast: the text was made by a bus of ours, or has the same members; what is missing is added.
  const given = JSON.parse(eventText) as Partial<BusEvent>;
  const facts = {
    source: given.source ?? '',
    detailType: given['detail-type'] ?? '',
    detail: given.detail ?? {},
    resources: given.resources ?? [],
    ...(given.time === undefined ? {} : { time: new Date(given.time) }),
  };
  place(
    { ...toBusEvent(facts, state.model), ...(given.id === undefined ? {} : { id: given.id }) },
    busName,
    state,
  );
}

/** A schedule's event goes to its own rule's targets only. https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-rule-schedule.html */
function fire(rule: Rule, state: BusState): void {
  const facts = { source: 'aws.events', detailType: 'Scheduled Event', detail: {}, resources: [rule.arn] };
  state.queue.accept(deliveriesOf(rule, toBusEvent(facts, state.model)));
}

function fireByName(ruleName: string, state: BusState): void {
  const rule = state.rules.find((one) => one.name === ruleName && one.schedule !== undefined);
  if (rule === undefined) throw new Error(`No enabled schedule is called ${ruleName}`);
  fire(rule, state);
}

function subscribe(state: BusState, busName: string, listener: (event: BusEvent) => void): () => void {
  const listeners = state.listeners.get(busName) ?? new Set();
  state.listeners.set(busName, listeners.add(listener));
  return () => listeners.delete(listener);
}
