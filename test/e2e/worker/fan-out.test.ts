import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundleEntry } from '../../../infra/bundling/bundle-entry.ts';
import { until } from '../../../local/test/fixture/until.ts';
import { startChangedErrand } from '../../support/local-service/changed-errand.ts';
import { endedJob, type JobBody, submitJob } from '../../support/local-service/ended-job.ts';
import type { TestErrand } from '../../support/local-service/local-errand.ts';
import { withFunctions } from '../../support/local-service/service-functions.ts';
import { readManifest } from '../../support/manifest-schema.ts';

const rootDirectory = resolve(import.meta.dirname, '../../..');
const stuckFunctionName = 'errand-service-stuck-fan-out';
let errand: TestErrand;

beforeAll(async () => {
  const entryFile = 'test/e2e/worker/fixture/stuck-fan-out.ts';
  const [only] = await bundleEntry({ rootDirectory, entryFile });
  const module = Buffer.from(only?.contents ?? []).toString();
  errand = await startChangedErrand([withFunctions({ [stuckFunctionName]: { module } })]);
  const { parameters, result } = readManifest('fan-out');
  const dispatcher = { kind: 'lambda', functionName: stuckFunctionName };
  const { status } = await errand.call('/v1/services/stuck-fan-out/versions/1.0.0', {
    method: 'PUT',
    body: { parameters, result, dispatcher },
  });
  expect(status).toBe(201);
});
afterAll(() => errand?.end());

async function jobOf(id: string): Promise<JobBody> {
  return (await errand.call(`/v1/jobs/${id}`)).body;
}

/** Names and ids of a job's sub-jobs, as `fan-out` gives them. */
async function partsOf(id: string): Promise<ReadonlyArray<{ readonly name: string; readonly id: string }>> {
  const { body } = await errand.call(`/v1/jobs/${id}/children`);
  const parts = body.items.map((child: JobBody) => ({ name: child.name, id: child.id }));
  return parts.toSorted((one: JobBody, other: JobBody) => (one.name < other.name ? -1 : 1));
}

/** A job of the fixture that has submitted two of its three parts. */
async function stuckJob(more: object = {}): Promise<string> {
  const { id } = await submitJob(errand, { service: 'stuck-fan-out', ...more });
  await until('there are two parts', async () => (await partsOf(id)).length === 2);
  return id;
}

describe('fan-out', () => {
  test('creates the requested number of sub-jobs of echo, which succeed', async () => {
    const { id } = await submitJob(errand, {
      service: 'fan-out',
      parameters: { count: 3, parameters: { colour: 'red' } },
    });
    const { status, result } = await endedJob(errand, id);
    expect(status).toBe('succeeded');
    for (const [index, part] of result.children.entries()) {
      expect(part.name).toBe(`part-${index + 1}`);
      expect(await endedJob(errand, part.id)).toMatchObject({
        status: 'succeeded',
        name: part.name,
        parentId: id,
        service: { name: 'echo' },
        result: { colour: 'red', part: index + 1 },
      });
    }
    expect(await partsOf(id)).toEqual(result.children);
    expect((await jobOf(id)).children).toEqual({ total: 3, byStatus: { succeeded: 3 } });
  });

  test('finds in its second attempt the sub-jobs of the first, and creates only the missing ones', async () => {
    const id = await stuckJob({ retry: { maxAttempts: 2, backoffSeconds: 0 } });
    const before = await partsOf(id);
    expect(before.map(({ name }) => name)).toEqual(['part-1', 'part-2']);
    errand.cloud.lambda.killFunction(stuckFunctionName);
    const { status, attempt, result } = await endedJob(errand, id);
    expect({ status, attempt }).toEqual({ status: 'succeeded', attempt: 2 });
    expect(result.children).toHaveLength(3);
    expect(result.children.slice(0, 2)).toEqual(before);
    expect(await partsOf(id)).toEqual(result.children);
  });

  test('aborts its sub-jobs when it is aborted', async () => {
    const id = await stuckJob({ parameters: { count: 3, parameters: { sleepSeconds: 60 } } });
    const parts = await partsOf(id);
    expect((await errand.call(`/v1/jobs/${id}/abort`, { method: 'POST' })).body.status).toBe('aborted');
    for (const part of parts)
      expect(await endedJob(errand, part.id)).toMatchObject({
        status: 'aborted',
        error: { code: 'aborted-by-parent' },
        abort: { by: `urn:errand:job:${id}` },
      });
    expect(await jobOf(id)).toMatchObject({
      children: { total: 2, byStatus: { aborted: 2 } },
      abort: { childrenAborted: 2 },
    });
    expect(await partsOf(id)).toEqual(parts);
  });
});
