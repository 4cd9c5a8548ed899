import { AwsError } from '../../aws-error.ts';
import type { Deliver, InvokeResult, Principal } from '../../cloud.ts';
import type { FunctionConfig } from '../function-config.ts';
import { type InvocationOutcome, invocationRecord } from './destination-record.ts';
import type { EventInvokeConfig } from './event-invoke-config.ts';
import type { EventStore, StoredEvent } from './event-store.ts';

/** Dependencies of the runner of accepted events. */
export interface EventRunnerOptions {
  readonly store: EventStore;
  /** Returns undefined for a function that is no longer in the template. */
  settingsOf(functionName: string): { config: FunctionConfig; events: EventInvokeConfig } | undefined;
  run(config: FunctionConfig, event: StoredEvent): Promise<InvokeResult>;
  readonly deliver: Deliver;
  /** Factor on Lambda's delays between runs; 1 is as on AWS. */
  readonly delayScale: number;
  log(functionName: string, line: string): void;
}

/** Runs accepted events until stopped. Events that were running are run again after a restart. */
export interface EventRunner {
  accept(event: Pick<StoredEvent, 'requestId' | 'functionName' | 'payload'>): void;
  stop(): Promise<void>;
}

const retryDelaysMs = [60_000, 120_000];
const maxDelayMs = 300_000;
const maxConcurrentRuns = 20;
const maxDeliveryTries = 10;
/** A Node.js timer is limited to about 24 days; a minute also limits the effect of clock changes. */
const maxSleepMs = 60_000;

/**
 * Runs each event until it succeeds, has used up its retries or is too old, and then delivers a record of the
 * failure to its destination. An event is removed only after that, so a crash at any point repeats at most the current
 * step: at least once, as on AWS. Throttled runs do not count as retries.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
 */
export function startEventRunner(options: EventRunnerOptions): EventRunner {
  const waiting = new Map(options.store.all().map((event) => [event.requestId, event]));
  const underWay = new Set<Promise<void>>();
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  const keep = (event: StoredEvent): void => {
    if (stopped) return;
    options.store.put(event);
    waiting.set(event.requestId, event);
  };
  const advance = async (event: StoredEvent): Promise<void> => {
    const next = await nextStep(options, event);
    if (stopped) return;
    if (next === undefined) options.store.remove(event.requestId);
    else keep(next);
  };
  const begin = (event: StoredEvent): void => {
    waiting.delete(event.requestId);
    const work = advance(event)
      .catch((error: unknown) => {
        options.log(event.functionName, `ERROR asynchronous event ${event.requestId}: ${String(error)}`);
        keep(delayed(options, event, 1_000));
      })
      .finally(() => {
        underWay.delete(work);
        wake();
      });
    underWay.add(work);
  };
  const wake = (): void => {
    clearTimeout(timer);
    if (stopped) return;
    const now = Date.now();
    const due = [...waiting.values()].filter((event) => event.dueEpochMilliseconds <= now);
    for (const event of due.slice(0, maxConcurrentRuns - underWay.size)) begin(event);
    const later = [...waiting.values()]
      .map((event) => event.dueEpochMilliseconds - now)
      .filter((it) => it > 0);
    if (later.length > 0) timer = setTimeout(wake, Math.min(...later, maxSleepMs));
  };
  wake();
  return {
    accept: (event) => {
      const now = Date.now();
      keep({
        ...event,
        acceptedEpochMilliseconds: now,
        dueEpochMilliseconds: now,
        failures: 0,
        delays: 0,
        deliveries: [],
      });
      wake();
    },
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      await Promise.all(underWay);
    },
  };
}

/** Runs or delivers once. Returns the event with its remaining work; undefined if none remains. */
async function nextStep(options: EventRunnerOptions, event: StoredEvent): Promise<StoredEvent | undefined> {
  const settings = options.settingsOf(event.functionName);
  if (settings === undefined) {
    options.log(
      event.functionName,
      `ERROR event ${event.requestId} discarded: the function is no longer in the template`,
    );
    return undefined;
  }
  if (event.deliveries.length > 0) return deliverOnce(options, settings.config, event);
  const { config, events } = settings;
  if (Date.now() - event.acceptedEpochMilliseconds > events.maximumAgeSeconds * 1_000) {
    return settled(settings, event, { condition: 'EventAgeExceeded', invokeCount: event.failures });
  }
  // If the reserved concurrency is 0, Lambda sends events to the failure destination without a run.
  if (config.reservedConcurrency === 0) {
    return settled(settings, event, { condition: 'RetriesExhausted', invokeCount: 0 });
  }
  const result = await runOrThrottle(options, config, event);
  if (result === 'throttled') {
    return delayed(options, event, Math.min(1_000 * 2 ** event.delays, maxDelayMs));
  }
  const invokeCount = event.failures + 1;
  if (result.functionError === undefined) return undefined;
  if (event.failures >= events.maximumRetries) {
    return settled(settings, event, { condition: 'RetriesExhausted', invokeCount, result });
  }
  const wait = retryDelaysMs[event.failures] ?? maxDelayMs;
  return { ...delayed(options, event, wait), failures: invokeCount, delays: 0 };
}

async function runOrThrottle(
  options: EventRunnerOptions,
  config: FunctionConfig,
  event: StoredEvent,
): Promise<InvokeResult | 'throttled'> {
  try {
    return await options.run(config, event);
  } catch (error) {
    if (error instanceof AwsError && error.code === 'TooManyRequestsException') return 'throttled';
    throw error;
  }
}

/** Returns a failed event with the delivery to its destination; undefined if it has no destination. */
function settled(
  { config, events }: { readonly config: FunctionConfig; readonly events: EventInvokeConfig },
  event: StoredEvent,
  end: Pick<InvocationOutcome, 'condition' | 'invokeCount' | 'result'>,
): StoredEvent | undefined {
  const targetArn = events.onFailureArn;
  if (targetArn === undefined) return undefined;
  const outcome = { requestId: event.requestId, functionArn: config.arn, payload: event.payload, ...end };
  const payload = JSON.stringify(invocationRecord(outcome, new Date()));
  const deliveries = [{ targetArn, payload }];
  return { ...event, deliveries, delays: 0, dueEpochMilliseconds: Date.now() };
}

/**
 * Delivers one record. Lambda discards a record that its destination keeps refusing; the local runtime does
 * so after ten tries, with a log line.
 */
async function deliverOnce(
  options: EventRunnerOptions,
  config: FunctionConfig,
  event: StoredEvent,
): Promise<StoredEvent | undefined> {
  const [first, ...rest] = event.deliveries;
  if (first === undefined) return undefined;
  const principal: Principal = { kind: 'role', roleArn: config.roleArn, sessionName: config.name };
  const after = (): StoredEvent | undefined =>
    rest.length === 0
      ? undefined
      : { ...event, deliveries: rest, delays: 0, dueEpochMilliseconds: Date.now() };
  try {
    await options.deliver({ ...first, principal });
    return after();
  } catch (error) {
    options.log(
      config.name,
      `ERROR destination ${first.targetArn} refused a record, which is discarded: ${String(error)}`,
    );
    return event.delays + 1 < maxDeliveryTries
      ? delayed(options, event, Math.min(1_000 * 2 ** event.delays, maxDelayMs))
      : after();
  }
}

function delayed(options: EventRunnerOptions, event: StoredEvent, milliseconds: number): StoredEvent {
  return {
    ...event,
    delays: event.delays + 1,
    dueEpochMilliseconds: Date.now() + milliseconds * options.delayScale,
  };
}
