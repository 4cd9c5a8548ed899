import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { registerExamples } from '../../bin/register-examples.ts';
import { type LocalErrand, startErrand } from '../../bin/start-errand.ts';
import type { BusEvent } from '../../local/events/event.ts';
import type { CallRecord } from '../../local/gateway/call-record.ts';
import { startCapacityProxy } from './capacity-proxy.ts';
import { type JobCounts, tally } from './job-counts.ts';
import { callCounts, chunks, invocationsOf, logBytes, logsPlatform, memory } from './read-counts.ts';
import { type InvocationWatch, watchInvocations } from './watch-invocations.ts';

/** The parameters and, through the echo service, the result: 300 bytes of JSON. */
const parameters = { text: 'a'.repeat(289) };
const warmUpJobs = 2;
const patienceMilliseconds = 30_000;

/** What a job used, and the memory of each function that ran for it. */
export interface CountedJob {
  readonly counts: JobCounts;
  readonly memoryMegabytes: Readonly<Record<string, number>>;
}

/**
 * Runs reference Lambda jobs through a local service of its own and counts the last one, from its request to the end
 * of all that followed. The jobs before it fill the caches and mark the service's version as used, as for all but the
 * first of a million. Leaves nothing behind.
 */
export async function countLambdaJob(): Promise<CountedJob> {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'errand-cost-'));
  try {
    const engine = await startCapacityProxy(join(dataDirectory, 'engine'));
    try {
      return await countOn(engine.endpoint, dataDirectory);
    } finally {
      await engine.stop();
    }
  } finally {
    rmSync(dataDirectory, { recursive: true, force: true });
  }
}

async function countOn(endpoint: string, dataDirectory: string): Promise<CountedJob> {
  const calls: CallRecord[] = [];
  const errand = await startOn(endpoint, dataDirectory, (call) => calls.push(call));
  try {
    await registerExamples(errand);
    const run = { errand, dataDirectory, calls, watch: watchInvocations(errand.cloud.lambda) };
    for (let warmUp = 0; warmUp < warmUpJobs; warmUp += 1) await countOne(run);
    return { counts: await countOne(run), memoryMegabytes: memory(errand.cloud.model) };
  } finally {
    await errand.stop();
  }
}

/** The variable is read before the first wait, and belongs to nobody else afterwards. */
function startOn(
  endpoint: string,
  dataDirectory: string,
  recorder: (call: CallRecord) => void,
): Promise<LocalErrand> {
  const before = process.env['ERRAND_DYNAMODB_ENDPOINT'];
  process.env['ERRAND_DYNAMODB_ENDPOINT'] = endpoint;
  try {
    return startErrand({ port: 0, dataDirectory, recorder });
  } finally {
    if (before === undefined) delete process.env['ERRAND_DYNAMODB_ENDPOINT'];
    else process.env['ERRAND_DYNAMODB_ENDPOINT'] = before;
  }
}

interface Run {
  readonly errand: LocalErrand;
  readonly dataDirectory: string;
  /** Grows. */
  readonly calls: readonly CallRecord[];
  readonly watch: InvocationWatch;
}

async function countOne(run: Run): Promise<JobCounts> {
  const { errand, calls, watch } = run;
  const start = {
    calls: calls.length,
    invocations: watch.invocations.length,
    logs: logBytes(run.dataDirectory),
  };
  const events: BusEvent[] = [];
  const unsubscribe = errand.cloud.events.subscribe(errand.cloud.output('Errand', 'BusName'), (event) => {
    events.push(event);
  });
  try {
    await submit(errand);
    await until(() => events.some(isLast) && watch.open() === 0);
  } finally {
    unsubscribe();
  }
  const { model } = errand.cloud;
  const invocations = invocationsOf(watch.invocations.slice(start.invocations), model);
  return {
    apiRequests: 1,
    invocations: tally(invocations),
    ...callCounts(calls.slice(start.calls)),
    busEvents: events.reduce((sum, { detail }) => sum + chunks(JSON.stringify(detail)), 0),
    logBytes: logBytes(run.dataDirectory) - start.logs,
    platformLogged: invocations
      .filter(([name]) => logsPlatform(model, name))
      .reduce((sum, [, count]) => sum + count, 0),
  };
}

async function submit({ url, apiKey }: LocalErrand): Promise<void> {
  const response = await fetch(`${url}/v1/jobs`, {
    method: 'POST',
    headers: { 'x-api-key': apiKey, 'content-type': 'application/json' },
    body: JSON.stringify({ service: 'echo@1.0.0', parameters }),
  });
  const answer = await response.text();
  if (response.status !== 202) throw new Error(`The job was not accepted: ${response.status} ${answer}`);
}

function isLast(event: BusEvent): boolean {
  const type = event['detail-type'];
  if (/\.(failed|error|aborted)$/.test(type)) throw new Error(`The job ended otherwise: ${type}`);
  return type.endsWith('.succeeded');
}

async function until(isDone: () => boolean): Promise<void> {
  const giveUpAt = Date.now() + patienceMilliseconds;
  while (!isDone()) {
    if (Date.now() > giveUpAt) throw new Error('the job did not end, or its event did not come, within 30 s');
    await delay(5);
  }
}
