import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { registerExamples } from '../../../bin/register-examples.ts';
import { inParallel } from '../../../core/std/in-parallel.ts';
import { until } from '../../../local/test/fixture/until.ts';
import { killableService } from '../../soak/killable-service.ts';
import type { JobBody } from '../../support/local-service/ended-job.ts';
import { type Call, callApi } from '../../support/local-service/local-errand.ts';
import {
  endedOperation,
  type OperationBody,
  operationEnd,
} from '../../support/operations/ended-operation.ts';

const jobCount = 2000;
/** Drafts, which cannot be rerun. */
const draftCount = 100;
const kills = 5;

const dataDirectory = mkdtempSync(join(tmpdir(), 'errand-killed-operation-'));
const apiKey = `ek_${randomBytes(24).toString('base64url')}`;
const service = killableService({ dataDirectory, apiKey });
const call = (path: string, options?: Call) => callApi({ url: service.url(), apiKey }, path, options);

/** The counted jobs at each kill. */
const countedAt: number[] = [];
let operation: OperationBody;

beforeAll(async () => {
  await service.start();
  await registerExamples({ url: service.url(), apiKey });
  await submitDrafts(jobCount - draftCount, ['all', 'ended']);
  await submitDrafts(draftCount, ['all']);
  const aborted = await endedOperation(call, { action: 'abort', filter: { tag: 'ended' } }, 300_000);
  expect(aborted).toMatchObject({ status: 'succeeded', done: jobCount - draftCount, refused: 0 });
  const rerun = { action: 'rerun', filter: { tag: 'all' }, changes: { start: false, tags: ['again'] } };
  const { body } = await call('/v1/jobs/actions', { body: rerun });
  for (let kill = 0; kill < kills; kill += 1) {
    // The last kill is long before the end, and the first one may be while the jobs are matched.
    await untilCounted(body.id, Math.floor((kill * jobCount * 0.8) / kills));
    await service.kill();
    await service.start();
  }
  operation = await operationEnd(call, body.id, 600_000);
}, 1_800_000);

afterAll(async () => {
  await service.end();
  rmSync(dataDirectory, { recursive: true, force: true });
});

async function submitDrafts(count: number, tags: readonly string[]): Promise<void> {
  const submission = { service: 'echo', start: false, tags };
  const batches = Array.from({ length: count / 100 }, () => Array(100).fill(submission));
  await inParallel(batches, 4, async (jobs) => {
    const { status } = await call('/v1/jobs/batch', { body: { jobs } });
    expect(status).toBe(202);
  });
}

const countedOf = ({ done, refused, failed }: OperationBody): number => done + refused + failed;

/** Waits until more jobs are counted than at the kill before, and at least `count`. */
async function untilCounted(id: string, count: number): Promise<void> {
  const before = countedAt.at(-1) ?? -1;
  const counted = await until(
    `more than ${Math.max(count, before)} jobs are counted`,
    async () => {
      const { body } = await call(`/v1/operations/${id}`);
      const now = countedOf(body);
      return now >= count && now > before ? { now } : undefined;
    },
    300_000,
  );
  countedAt.push(counted.now);
}

async function listed(query: string): Promise<readonly JobBody[]> {
  const items: JobBody[] = [];
  for (let cursor = ''; ; ) {
    const { body } = await call(`/v1/jobs?limit=1000&${query}${cursor}`);
    items.push(...body.items);
    if (body.nextCursor === undefined) return items;
    cursor = `&cursor=${encodeURIComponent(body.nextCursor)}`;
  }
}

describe(`an operation over ${jobCount} jobs, during which the service is killed ${kills} times,`, () => {
  test('runs on after each kill', () => {
    expect(countedAt).toHaveLength(kills);
    expect(countedAt.at(-1)).toBeLessThan(jobCount);
  });

  test('counts each job once', () => {
    expect(operation).toMatchObject({
      status: 'succeeded',
      matched: jobCount,
      done: jobCount - draftCount,
      refused: draftCount,
      failed: 0,
    });
  });

  test('treats each job once', async () => {
    const originals = await listed('tag=ended');
    const reruns = await listed('tag=again');
    expect(reruns).toHaveLength(jobCount - draftCount);
    expect(reruns.map(({ rerunOf }) => rerunOf).sort()).toEqual(originals.map(({ id }) => id).sort());
  }, 120_000);

  test('names on each job its rerun', async () => {
    const rerunIds = (await listed('tag=again')).map(({ id }) => id).sort();
    const named = await until('all reruns are named', async () => {
      const jobs = await listed('tag=ended');
      return jobs.every(({ rerunAs }) => rerunAs !== undefined)
        ? jobs.map(({ rerunAs }) => rerunAs)
        : undefined;
    });
    expect(named.sort()).toEqual(rerunIds);
  }, 120_000);

  test('lists each refused job once, with its reason', async () => {
    const { body } = await call(`/v1/operations/${operation.id}/refusals?limit=1000`);
    const drafts = (await listed('tag=all&status=ready')).map(({ id }) => id);
    expect(drafts).toHaveLength(draftCount);
    expect(body.items.map(({ jobId }: { jobId: string }) => jobId).sort()).toEqual([...drafts].sort());
    for (const { problem } of body.items)
      expect(problem.detail).toBe('Only a job that has ended can be rerun; the job is ready');
  });

  test('leaves a service that stops without an error', async () => {
    await service.stop();
  });
});
