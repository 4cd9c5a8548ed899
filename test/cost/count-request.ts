import { setTimeout as delay } from 'node:timers/promises';
import type { LocalErrand } from '../../bin/start-errand.ts';
import type { BusEvent } from '../../local/events/event.ts';
import type { CallRecord } from '../../local/gateway/call-record.ts';
import { type JobCounts, tally } from './job-counts.ts';
import { apiRequests, callCounts, chunks, invocationsOf, logBytes, logsPlatform } from './read-counts.ts';
import { letGo } from './reference/reference-container.ts';
import type { Request } from './reference/reference-requests.ts';
import { hasProcessedBatchEvents, type InvocationWatch } from './watch-invocations.ts';

const patienceMilliseconds = 90_000;

/** A running service, and what it has done so far. */
export interface Run {
  readonly errand: LocalErrand;
  readonly dataDirectory: string;
  /** The directory where containers check whether they may end. */
  readonly letGoDirectory: string;
  /** This array grows. */
  readonly calls: readonly CallRecord[];
  readonly watch: InvocationWatch;
}

/** Makes one call and counts every effect of it, to the last of its jobs' events. Throws when a job fails. */
export async function countRequest(run: Run, request: Request): Promise<JobCounts> {
  const { errand, calls, watch } = run;
  const start = { calls: calls.length, invocations: watch.invocations.length };
  return countEffects(run, async (events) => {
    await submit(errand, request);
    return () =>
      events.filter(isLast).length >= request.jobs &&
      watch.open() === 0 &&
      (request.dispatcher === 'lambda' ||
        hasProcessedBatchEvents(watch.invocations.slice(start.invocations), calls.slice(start.calls)));
  });
}

/**
 * Counts every effect of a request from its start until the returned condition is met. `start` receives the events that were
 * published meanwhile, in an array that grows.
 */
export async function countEffects(
  run: Run,
  start: (events: readonly BusEvent[]) => Promise<() => boolean>,
): Promise<JobCounts> {
  const { errand, calls, watch } = run;
  const before = {
    calls: calls.length,
    invocations: watch.invocations.length,
    logs: logBytes(run.dataDirectory),
  };
  const events: BusEvent[] = [];
  const unsubscribe = errand.cloud.events.subscribe(errand.cloud.output('Errand', 'BusName'), (event) => {
    events.push(event);
    // Only the containers of AWS Batch wait for it.
    if (event['detail-type'].endsWith('.executing')) letGo(run.letGoDirectory, jobIdOf(event));
  });
  try {
    await until(await start(events));
  } finally {
    unsubscribe();
  }
  const { model } = errand.cloud;
  const seen = watch.invocations.slice(before.invocations);
  const invocations = invocationsOf(seen, model);
  return {
    apiRequests: apiRequests(seen),
    invocations: tally(invocations),
    ...callCounts(calls.slice(before.calls)),
    busEvents: events.reduce((sum, { detail }) => sum + chunks(JSON.stringify(detail)), 0),
    logBytes: logBytes(run.dataDirectory) - before.logs,
    platformLogged: invocations
      .filter(([name]) => logsPlatform(model, name))
      .reduce((sum, [, count]) => sum + count, 0),
  };
}

async function submit({ url, apiKey }: LocalErrand, { path, body }: Request): Promise<void> {
  const response = await fetch(`${url}${path}`, {
    method: 'POST',
    headers: { 'x-api-key': apiKey, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  if (response.status !== 202) throw new Error(`Not accepted: ${response.status} ${text}`);
}

function isLast(event: BusEvent): boolean {
  const type = event['detail-type'];
  if (/\.(failed|error|aborted)$/.test(type)) throw new Error(`The job ended otherwise: ${type}`);
  return type.endsWith('.succeeded');
}

async function until(isDone: () => boolean): Promise<void> {
  const giveUpAt = Date.now() + patienceMilliseconds;
  while (!isDone()) {
    if (Date.now() > giveUpAt)
      throw new Error('the jobs did not end, or their events did not arrive, within 90 s');
    await delay(5);
  }
}

/** The detail of an event is in the CloudEvents format. */
function jobIdOf({ detail }: BusEvent): string {
  const { jobId } = detail['data'] as { jobId: string };
  return jobId;
}
