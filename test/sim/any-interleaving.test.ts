import { describe, expect, it } from 'vitest';
import type { JobEvent } from '../../core/contract/event-schemas.ts';
import { publishEvents } from '../../core/events/publish-events.ts';
import { deadlineOf } from '../../core/jobs/time-limits.ts';
import { lookAfter } from '../support/jobs.ts';
import { type Outcome, simulate, sweepEvery } from './simulate.ts';
import type { Client } from './simulated-client.ts';
import { maxSkew } from './world.ts';

const seeds = Array.from({ length: 120 }, (_, seed) => seed);

/** From no faults to one call in three, for 5 to 45 minutes. */
function planFor(seed: number) {
  return {
    seed,
    clients: 5,
    faultProbability: (seed % 6) * 0.06,
    faultsEndAfterSeconds: 300 + (seed % 5) * 600,
  };
}

describe('jobs under any interleaving and any fault of a port', () => {
  it('break no invariant and all come to their end in time', async () => {
    const ends = new Map<string, number>();
    for (const seed of seeds) {
      const outcome = await simulate(planFor(seed)).catch((cause: unknown) => {
        throw new Error(`Seed ${seed} failed`, { cause });
      });
      try {
        await check(outcome);
      } catch (cause) {
        throw new Error(`Seed ${seed} broke an invariant`, { cause });
      }
      for (const { status, failure } of outcome.jobs) {
        const end = failure?.code ?? status;
        ends.set(end, (ends.get(end) ?? 0) + 1);
      }
    }
    const reached = [
      'aborted',
      'succeeded',
      'service-failed',
      'capacity',
      'timeout',
      'lost',
      'queue-timeout',
    ];
    expect([...ends.keys()], 'the ends that were reached').toEqual(expect.arrayContaining(reached));
  });

  it('go the same way with the same seed', async () => {
    const [one, two] = [await simulate(planFor(17)), await simulate(planFor(17))];
    expect(two).toEqual(one);
    expect((await simulate(planFor(18))).changes).not.toEqual(one.changes);
  });
});

async function check(outcome: Outcome): Promise<void> {
  expect(outcome.violations).toEqual([]);
  for (const client of outcome.clients) checkClient(client, outcome);
  checkAborts(outcome);
  checkRuns(outcome);
  for (const job of outcome.jobs) {
    const limit = Math.max(deadlineOf(job), outcome.faultsEndAt);
    // One sweep may be left out, and one may be slow.
    expect(job.finishedAt).toBeLessThanOrEqual(limit + lookAfter + 4 * sweepEvery + 2 * maxSkew);
  }
  await checkEvents(outcome);
}

/** Whatever a client was told of is there; a key stands for one job, and one answer at most says that it is new. */
function checkClient({ name, hasKey, answers }: Client, { jobs }: Outcome): void {
  const ids = jobs.filter((job) => job.name === name).map(({ id }) => id);
  const told = [...new Set(answers.map(({ jobId }) => jobId))];
  expect(ids).toEqual(expect.arrayContaining(told));
  if (!hasKey) return;
  expect(ids).toEqual(told);
  expect(told).toHaveLength(1);
  expect(answers.filter(({ replayed }) => !replayed).length).toBeLessThanOrEqual(1);
}

/** Who was told that a job is aborted was told for good, and so was who came too late; nobody else aborts. */
function checkAborts({ aborts, jobs }: Outcome): void {
  const told = new Map(aborts.map(({ jobId, answer }) => [jobId, answer]));
  for (const { jobId, answer } of aborts) expect(answer).toBe(told.get(jobId));
  for (const { id, status, abort } of jobs) {
    expect(status === 'aborted').toBe(told.get(id) === 'aborted');
    expect(abort !== undefined).toBe(status === 'aborted');
  }
}

/** No two executions ran user code for one attempt, and a result is that of the last attempt. */
function checkRuns({ runs, jobs }: Outcome): void {
  const holders = new Map<string, string>();
  for (const { jobId, attempt, executionId } of runs) {
    const key = `${jobId}/${attempt}`;
    expect(holders.get(key) ?? executionId).toBe(executionId);
    holders.set(key, executionId);
  }
  for (const { id, attempt, result } of jobs) {
    if (result === undefined) continue;
    const json = result.kind === 'inline' ? result.json : '{}';
    expect(JSON.parse(json)).toEqual({ attempt, by: holders.get(`${id}/${attempt}`) });
  }
}

/** The stream of writes gives every move of every job exactly once. */
async function checkEvents({ changes, jobs }: Outcome): Promise<void> {
  const published: JobEvent[] = [];
  const publish = async (events: readonly JobEvent[]) => {
    published.push(...events);
    return [];
  };
  await publishEvents({ bus: { publish } }, { changes, baseUrl: 'https://api.test' });
  const moves = jobs.flatMap(({ id, moves }) => moves.map((_, index) => `${id}/${index + 1}`));
  expect(published.map(({ id }) => id).toSorted()).toEqual(moves.toSorted());
}
