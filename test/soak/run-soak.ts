import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { registerExamples } from '../../bin/register-examples.ts';
import { isTerminal } from '../../core/contract/job-state.ts';
import type { JobBody } from '../support/local-service/ended-job.ts';
import { checkSoak } from './check-soak.ts';
import { type EndWatch, watchEnds } from './end-watch.ts';
import { type KillableService, killableService } from './killable-service.ts';
import { inParallel, type SoakClient, soakClient } from './soak-client.ts';
import { soakJob } from './soak-mix.ts';

export interface SoakPlan {
  readonly jobs: number;
  /** How often the service is killed: spread evenly over the submission, the last time after it. */
  readonly kills: number;
  /** All jobs must have ended this long after the last start. */
  readonly endsWithinSeconds: number;
  /** True for a service whose reconciler does not wait for a minute; see fixture/hasty-service.ts. */
  readonly hasty: boolean;
  readonly say: (line: string) => void;
}

export interface SoakReport {
  readonly jobs: number;
  readonly children: number;
  /** Jobs and sub-jobs by their end. */
  readonly ends: Readonly<Record<string, number>>;
  /** Jobs and sub-jobs that had not ended at each kill. */
  readonly openAtKills: readonly number[];
  readonly lastStartToLastEndSeconds: number;
}

const hastyService = new URL('fixture/hasty-service.ts', import.meta.url).pathname;

/**
 * Submits jobs of every kind to a local service that is killed repeatedly, and throws unless every acknowledged job ended once,
 * in time, in a state that its kind allows. The service keeps its data in a folder that is removed at the end.
 */
export async function runSoak(plan: SoakPlan): Promise<SoakReport> {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'errand-soak-'));
  const apiKey = `ek_${randomBytes(24).toString('base64url')}`;
  const program = plan.hasty ? { program: hastyService } : {};
  const service = killableService({ dataDirectory, apiKey, ...program });
  const over = new AbortController();
  try {
    await service.start();
    await registerExamples({ url: service.url(), apiKey });
    const client = soakClient({ url: service.url, apiKey, over: over.signal });
    const report = await soak({
      ...{ plan, service, client, over: over.signal },
      watch: watchEnds(),
      acknowledged: new Map(),
    });
    await service.stop();
    return report;
  } finally {
    over.abort();
    await service.end();
    rmSync(dataDirectory, { recursive: true, force: true });
  }
}

interface Soak {
  readonly plan: SoakPlan;
  readonly service: KillableService;
  readonly client: SoakClient;
  readonly watch: EndWatch;
  readonly over: AbortSignal;
  /** Ids by the number of the submission. */
  readonly acknowledged: Map<number, string>;
}

async function soak(given: Soak): Promise<SoakReport> {
  const { plan, client, watch, acknowledged } = given;
  const submitting = inParallel(plan.jobs, (number) => submit(given, number));
  // The first failure ends the soak.
  const [{ openAtKills, lastStart }] = await Promise.all([killAgainAndAgain(given), submitting]);
  const all = await untilAllEnded(given, lastStart + plan.endsWithinSeconds * 1000);
  const ends = await checkSoak(client, acknowledged, all);
  await watch.observe(client.allJobs);
  const lastEnd = Math.max(...all.map(({ finishedAt }) => Date.parse(finishedAt)));
  return {
    jobs: acknowledged.size,
    children: all.length - acknowledged.size,
    ends,
    openAtKills,
    lastStartToLastEndSeconds: (lastEnd - lastStart) / 1000,
  };
}

async function killAgainAndAgain({ plan, service, client, watch, over, acknowledged }: Soak) {
  const openAtKills: number[] = [];
  for (let kill = 1; kill <= plan.kills; kill += 1) {
    while (acknowledged.size < (plan.jobs * kill) / plan.kills) await pause(over, 20);
    const open = openOf(await watch.observe(client.allJobs)).length;
    openAtKills.push(open);
    plan.say(`kill ${kill}: ${acknowledged.size} acknowledged, ${open} jobs and sub-jobs open`);
    await service.kill();
    over.throwIfAborted();
    await service.start();
  }
  return { openAtKills, lastStart: Date.now() };
}

/** A request that a kill interrupted is repeated under the same key, so that it creates one job. */
async function submit({ client, watch, acknowledged }: Soak, number: number): Promise<void> {
  const { submission, abort } = soakJob(number);
  const headers = { 'idempotency-key': `soak-${number}` };
  const { id } = await watch.observe(async () => {
    // 200: the job of the interrupted request has already ended.
    return (await client.persist('/v1/jobs', { body: submission, headers }, [200, 202])).body;
  });
  acknowledged.set(number, id);
  if (abort === 'never') return;
  if (abort === 'running') await untilRunning(client, id);
  else await sleep((number % 4) * 500);
  await watch.observe(async () => {
    const request = { body: { reason: 'soak' } };
    const { status, body } = await client.persist(`/v1/jobs/${id}/abort`, request, [200, 202, 409]);
    // 409: it ended first.
    return status === 409 ? [] : body;
  });
}

async function untilRunning(client: SoakClient, id: string): Promise<void> {
  for (;;) {
    const { body } = await client.persist(`/v1/jobs/${id}`, {}, [200]);
    if (body.startedAt !== undefined || isTerminal(body.status)) return;
    await sleep(100);
  }
}

/** All jobs, once none is open; throws at the deadline, in milliseconds since 1970. */
async function untilAllEnded(
  { plan, client, watch, over }: Soak,
  deadline: number,
): Promise<readonly JobBody[]> {
  for (;;) {
    const all = await watch.observe(client.allJobs);
    const open = openOf(all);
    if (open.length === 0) return all;
    if (Date.now() > deadline)
      throw new Error(
        `${open.length} are open after ${plan.endsWithinSeconds} s, such as ${JSON.stringify(open[0])}`,
      );
    await pause(over, 1000);
  }
}

function openOf(jobs: readonly JobBody[]): readonly JobBody[] {
  return jobs.filter(({ status }) => !isTerminal(status));
}

async function pause(over: AbortSignal, milliseconds: number): Promise<void> {
  over.throwIfAborted();
  await sleep(milliseconds);
}
