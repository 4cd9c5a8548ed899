import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { registerExamples } from '../../../bin/register-examples.ts';
import { until } from '../../../local/test/fixture/until.ts';
import { killableService } from '../../soak/killable-service.ts';
import type { JobBody } from '../../support/local-service/ended-job.ts';
import { type Call, callApi } from '../../support/local-service/local-errand.ts';
import { type OperationBody, operationEnd } from '../../support/operations/ended-operation.ts';
import { uploadedData } from '../data/uploaded-data.ts';

const elementCount = 2000;
const kills = 5;

/** Every twentieth element is invalid. */
const isInvalid = (index: number) => index % 20 === 13;
const elements = Array.from({ length: elementCount }, (_, index) =>
  isInvalid(index) ? { name: '' } : { name: `element-${index}`, parameters: { index } },
);
const invalid = elements.flatMap((_, index) => (isInvalid(index) ? [index] : []));
const valid = elements.flatMap((_, index) => (isInvalid(index) ? [] : [index]));

const dataDirectory = mkdtempSync(join(tmpdir(), 'errand-killed-array-'));
const apiKey = `ek_${randomBytes(24).toString('base64url')}`;
const service = killableService({ dataDirectory, apiKey });
const call = (path: string, options?: Call) => callApi({ url: service.url(), apiKey }, path, options);

/** The counted elements at each kill. */
const countedAt: number[] = [];
let operation: OperationBody;

beforeAll(async () => {
  await service.start();
  await registerExamples({ url: service.url(), apiKey });
  const content = Buffer.from(elements.map((element) => JSON.stringify(element)).join('\n'));
  const { id: dataId } = await uploadedData(call, content, { mediaType: 'application/x-ndjson' });
  const template = { service: 'echo', start: false };
  const { status, body } = await call('/v1/jobs/batch', {
    body: { template, over: { dataId }, group: 'killed' },
  });
  expect(status).toBe(202);
  for (let kill = 0; kill < kills; kill += 1) {
    // The last kill is long before the end, and the first one may be while the elements are counted.
    await untilCounted(body.id, Math.floor((kill * elementCount * 0.8) / kills));
    await service.kill();
    await service.start();
  }
  operation = await operationEnd(call, body.id, 600_000);
}, 1_800_000);

afterAll(async () => {
  await service.end();
  rmSync(dataDirectory, { recursive: true, force: true });
});

/** Waits until more elements are counted than at the kill before, and at least `count`. */
async function untilCounted(id: string, count: number): Promise<void> {
  const before = countedAt.at(-1) ?? -1;
  const counted = await until(
    `more than ${Math.max(count, before)} elements are counted`,
    async () => {
      const { body } = await call(`/v1/operations/${id}`);
      const now = body.done + body.refused + body.failed;
      return now >= count && now > before ? { now } : undefined;
    },
    300_000,
  );
  countedAt.push(counted.now);
}

async function listed(path: string): Promise<readonly JobBody[]> {
  const items: JobBody[] = [];
  for (let cursor = ''; ; ) {
    const { body } = await call(`${path}limit=1000${cursor}`);
    items.push(...body.items);
    if (body.nextCursor === undefined) return items;
    cursor = `&cursor=${encodeURIComponent(body.nextCursor)}`;
  }
}

describe(`an array job over ${elementCount} elements, during which the service is killed ${kills} times,`, () => {
  test('runs on after each kill', () => {
    expect(countedAt).toHaveLength(kills);
    expect(countedAt.at(-1)).toBeLessThan(elementCount);
  });

  test('counts each element once', () => {
    expect(operation).toMatchObject({
      status: 'succeeded',
      matched: elementCount,
      done: valid.length,
      refused: invalid.length,
      failed: 0,
    });
  });

  test('creates one job for each valid element, in their order', async () => {
    const jobs = await listed('/v1/jobs?order=asc&');
    expect(new Set(jobs.map(({ id }) => id)).size).toBe(valid.length);
    expect(jobs.map(({ name }) => name)).toEqual(valid.map((index) => `element-${index}`));
    expect((await listed('/v1/jobs?group=killed&')).length).toBe(valid.length);
  }, 120_000);

  test('lists each refused element once, with its reason', async () => {
    const refusals = await listed(`/v1/operations/${operation.id}/refusals?`);
    expect(refusals.map(({ index }) => index)).toEqual(invalid);
    for (const { problem } of refusals) expect(problem.detail).toContain('/name');
  });

  test('leaves a service that stops without an error', async () => {
    await service.stop();
  });
});
