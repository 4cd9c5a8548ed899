/*
`npm run bench:events [-- [--jobs N] [--rate N]]`: measures how long after the last transition of a job its event arrives, in each of the
ways to follow jobs, all in one run: first with one job at a time, then with N jobs a second. Prints p50 and p99; the figures have no
limits. The service is a separate process; the clients use the same processors.
*/
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { registerExamples } from '../../bin/register-examples.ts';
import { callApi } from '../support/local-service/local-errand.ts';
import { spawnService } from '../support/local-service/service-process.ts';
import { followAllEvents, followJob, type Observe, ways } from './event-clients.ts';
import { percentile } from './measure.ts';

const { values } = parseArgs({
  options: { jobs: { type: 'string', default: '300' }, rate: { type: 'string', default: '10' } },
});
const jobs = Number(values.jobs);
const rate = Number(values.rate);

/** Long enough for all clients to follow a job before it ends. */
const shortestJobSeconds = 0.2;
/** The ends of jobs meet the pauses of the clients at any point. */
const jobSecondsRange = 0.4;
/** For how long events are awaited that have not arrived when all jobs have ended. */
const awaitedMs = 30_000;

const dataDirectory = mkdtempSync(join(tmpdir(), 'errand-bench-events-'));
const apiKey = 'the-key-of-the-benchmark-of-events';
const program = join(import.meta.dirname, 'fixture', 'subscribed-service.ts');
const service = spawnService({ dataDirectory, apiKey, program });
try {
  const api = { url: await service.ready, apiKey };
  await registerExamples(api);
  // Milliseconds by the way, for each job of the current load.
  let times = new Map<string, Map<string, number>>();
  const observe: Observe = (way, { jobId, finishedAt }) => {
    const ofJob = times.get(jobId);
    // An event that arrives again counts once.
    if (ofJob !== undefined && !ofJob.has(way)) ofJob.set(way, Date.now() - finishedAt);
  };
  const stop = await followAllEvents(api, { dataDirectory, observe });

  const runJob = async (): Promise<void> => {
    const sleepSeconds = shortestJobSeconds + Math.random() * jobSecondsRange;
    const { body } = await callApi(api, '/v1/jobs', {
      body: { service: 'echo', parameters: { sleepSeconds } },
    });
    times.set(body.id, new Map());
    await followJob(api, body.id, observe);
  };

  /** Starts as many jobs as are wanted, each after a pause or after the job before. */
  const measureLoad = async (count: number, jobsPerSecond: number | undefined) => {
    times = new Map();
    const running: Promise<void>[] = [];
    for (let job = 0; job < count; job += 1) {
      running.push(runJob());
      await (jobsPerSecond === undefined ? running.at(-1) : sleep(1000 / jobsPerSecond));
    }
    await Promise.all(running);
    const isComplete = () => [...times.values()].every((ofJob) => ofJob.size === ways.length);
    for (const endsAt = Date.now() + awaitedMs; !isComplete() && Date.now() < endsAt; ) await sleep(100);
    return ways.map((way) => [...times.values()].flatMap((ofJob) => ofJob.get(way) ?? []));
  };

  await measureLoad(20, undefined); // loads the functions
  const loads = [
    { name: 'one at a time', times: await measureLoad(jobs, undefined) },
    { name: `${rate} a second`, times: await measureLoad(jobs, rate) },
  ];
  for (const { name, times: byWay } of loads) {
    console.log(`${jobs} jobs, ${name}`);
    for (const [index, way] of ways.entries()) printTimes(way, byWay[index] ?? []);
  }
  await stop();
} finally {
  service.signal('SIGTERM');
  const { exitStatus, problems } = await service.ended;
  if (exitStatus !== 0) console.error(`the service ended with ${exitStatus}: ${problems}`);
  rmSync(dataDirectory, { recursive: true, force: true });
}

function printTimes(way: string, times: readonly number[]): void {
  const missing = times.length === jobs ? '' : ` (${jobs - times.length} of ${jobs} did not arrive)`;
  const at = (share: number) => `${String(percentile(times, share)).padStart(5)} ms`;
  console.log(`  ${way.padEnd(26)} p50 ${at(0.5)}, p99 ${at(0.99)}${missing}`);
}
