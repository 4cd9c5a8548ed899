import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { until } from '../../../local/test/fixture/until.ts';
import { jobIdAt } from '../../support/jobs/job-id.ts';
import { endedJob as endedAtOnce } from '../../support/jobs/jobs.ts';
import { addKey, newTenant } from '../../support/local-service/add-key.ts';
import type { AssemblyChange } from '../../support/local-service/assembly-copy.ts';
import { registerBatchService, withJobDefinitions } from '../../support/local-service/batch-jobs.ts';
import { startChangedErrand } from '../../support/local-service/changed-errand.ts';
import { endedJob, type JobBody, submitJob } from '../../support/local-service/ended-job.ts';
import {
  expectDocumented,
  expectProblem,
  uncheckedResponses,
} from '../../support/local-service/expect-documented.ts';
import type { ApiResponse, Call, TestErrand } from '../../support/local-service/local-errand.ts';
import { putJob } from '../../support/local-service/put-job.ts';

/** Writes the given number of lines, and then fails in its first attempt, continues to write until a file exists, or ends. */
const talker = `
import { existsSync } from 'node:fs';
const { ERRAND_ATTEMPT: attempt, ERRAND_PARAMETERS: passed } = process.env;
const { lines = 2, failsOnce, goesOnUntil } = JSON.parse(passed);
for (let number = 1; number <= lines; number += 1) console.log('attempt ' + attempt + ' line ' + number);
console.error('é 𝄞 on the other output');
if (failsOnce && attempt === '1') process.exit(3);
if (goesOnUntil !== undefined) {
  setInterval(() => {
    if (!existsSync(goesOnUntil)) return console.log('still here');
    console.log('last words');
    process.exit(0);
  }, 50);
}
`;

const other = newTenant();
/** A log group that the service has no permission to read. */
const elsewhere: AssemblyChange = ({ resources }) => {
  const definition = resources.ErrandExamples['errandjobelsewhere'];
  if (definition === undefined) throw new Error('the job definition is missing');
  definition.Properties['ContainerProperties'].LogConfiguration = {
    LogDriver: 'awslogs',
    Options: { 'awslogs-group': '/own/group' },
  };
};

let errand: TestErrand;
beforeAll(async () => {
  errand = await startChangedErrand([
    withJobDefinitions({ 'errand-job-talker': talker, 'errand-job-elsewhere': talker }),
    elsewhere,
  ]);
  await addKey(errand.cloud, other.holder);
  await registerBatchService(errand, 'talker', { jobDefinition: 'errand-job-talker' });
  await registerBatchService(errand, 'elsewhere', { jobDefinition: 'errand-job-elsewhere' });
});
afterAll(() => errand?.end());

async function logs(jobId: string, query = '', call: Call = {}): Promise<ApiResponse> {
  return expectDocumented(await errand.call(`/v1/jobs/${jobId}/logs${query}`, call), 'getLogs');
}

/** Every page up to the current end of the log, by the links. */
async function pagesOf(jobId: string, query = ''): Promise<readonly ApiResponse[]> {
  const pages = [await logs(jobId, query)];
  for (;;) {
    const [, next] = /^<([^>]+)>; rel="next"$/.exec(pages.at(-1)?.headers.get('link') ?? '') ?? [];
    if (next === undefined || pages.at(-1)?.headers.has('retry-after')) return pages;
    pages.push(await logs(jobId, new URL(next).search));
  }
}

async function messages(jobId: string, query = ''): Promise<readonly string[]> {
  const pages = await pagesOf(jobId, query);
  return pages.flatMap(({ body }) => body.items.map(({ message }: { message: string }) => message));
}

async function ended(parameters: object, more: object = {}): Promise<JobBody> {
  return endedJob(errand, (await submitJob(errand, { service: 'talker', parameters, ...more })).id);
}

const errorText = 'é 𝄞 on the other output';

describe('the log of an attempt', () => {
  test('has all lines with their times, and reports when no more lines follow', async () => {
    const job = await ended({});
    const { body } = await logs(job.id);
    expect(body.items.map(({ message }: { message: string }) => message)).toEqual([
      'attempt 1 line 1',
      'attempt 1 line 2',
      errorText,
    ]);
    for (const { at } of body.items) {
      expect(at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      expect(Math.abs(Date.parse(at) - Date.parse(job.finishedAt))).toBeLessThan(10_000);
    }
    const { body: attempts } = await errand.call(`/v1/jobs/${job.id}/attempts`);
    const [{ log }] = attempts.items;
    const id = jobIdAt(Date.now() - 3_600_000);
    await putJob(errand, endedAtOnce('succeeded', { id, attempt: 1, dispatcher: 'batch', log }));
    const last = await logs(id);
    expect(last.body).toEqual({ items: body.items });
    expect(last.headers.has('retry-after') || last.headers.has('link')).toBe(false);
  });

  test('is returned for each attempt, and for the last attempt by default', async () => {
    const retry = { maxAttempts: 2, backoffSeconds: 0, retryOn: ['service-failed'] };
    const { id, attempt } = await ended({ lines: 1, failsOnce: true }, { retry });
    expect(attempt).toBe(2);
    expect(await messages(id, '?attempt=1')).toEqual(['attempt 1 line 1', errorText]);
    for (const query of ['', '?attempt=2'])
      expect(await messages(id, query)).toEqual(['attempt 2 line 1', errorText]);
    expect(await messages(id, '?attempt=3')).toEqual([]);
  });

  test('is split into pages of any size', async () => {
    const { id } = await ended({ lines: 25 });
    const all = [...Array.from({ length: 25 }, (_, index) => `attempt 1 line ${index + 1}`), errorText];
    for (const limit of [4, 26, 1000]) expect(await messages(id, `?limit=${limit}`)).toEqual(all);
    const pages = await pagesOf(id, '?limit=4&attempt=1');
    expect(Math.max(...pages.map(({ body }) => body.items.length))).toBe(4);
  });

  test('can be followed to its last line while it is written', async () => {
    const goesOnUntil = join(errand.dataDirectory, 'enough');
    const { id } = await submitJob(errand, { service: 'talker', parameters: { goesOnUntil } });
    const seen: string[] = [];
    let query = '';
    const readNext = async () => {
      const { body, headers } = await logs(id, query);
      seen.push(...body.items.map(({ message }: { message: string }) => message));
      expect(body.nextCursor).toBeDefined();
      if (headers.has('retry-after')) expect(headers.get('retry-after')).toBe('5');
      query = `?cursor=${body.nextCursor}`;
    };
    await until('some lines are there', async () => {
      await readNext();
      return seen.length > 5;
    });
    expect((await errand.call(`/v1/jobs/${id}`)).body.status).toBe('executing');
    writeFileSync(goesOnUntil, '');
    await endedJob(errand, id);
    await until('the last line is in the log', async () => {
      await readNext();
      return seen.includes('last words');
    });
    expect(seen.slice(0, 3)).toEqual(['attempt 1 line 1', 'attempt 1 line 2', errorText]);
    expect(new Set(seen.slice(3, -1))).toEqual(new Set(['still here']));
  });

  test('has no lines, which is no error, where no log exists or the log has expired', async () => {
    const waiting = await submitJob(errand, { service: 'echo', parameters: { sleepSeconds: 50 } });
    const onLambda = await endedJob(errand, (await submitJob(errand, { service: 'echo' })).id);
    const { body: draft } = await errand.call('/v1/jobs', { body: { service: 'talker', start: false } });
    for (const { id } of [waiting, onLambda, draft])
      expect((await logs(id)).body).toEqual({ items: [], nextCursor: expect.any(String) });
    const { id } = await ended({});
    const { body } = await errand.call(`/v1/jobs/${id}/attempts`);
    rmSync(join(errand.dataDirectory, 'logs', 'batch', `${body.items[0].log.stream}.log`));
    expect((await logs(id)).body.items).toEqual([]);
  });
});

describe('the log of an attempt is refused', () => {
  test('where the service has no permission to read it, with the name of the log', async () => {
    const { id } = await submitJob(errand, { service: 'elsewhere', parameters: {} });
    await endedJob(errand, id);
    const { body } = await errand.call(`/v1/jobs/${id}/attempts`);
    const response = await logs(id);
    expectProblem(response, 'log-out-of-reach');
    expect(response.body.detail).toContain('/own/group');
    expect(response.body.detail).toContain(body.items[0].log.stream);
  });

  test('for a wrong number of an attempt, and for a cursor of another list', async () => {
    const { id } = await ended({});
    const { body } = await logs(id, '?limit=1');
    for (const attempt of ['0', '11', '1.5', '01', 'last', ''])
      expectProblem(await logs(id, `?attempt=${attempt}`), 'invalid-request');
    const cursor = `cursor=${body.nextCursor}`;
    expect((await logs(id, `?${cursor}`)).status).toBe(200);
    expectProblem(await logs(id, `?attempt=1&${cursor}`), 'bad-cursor');
    expectProblem(await logs((await ended({})).id, `?${cursor}`), 'bad-cursor');
  });

  test("for a job that does not exist, is another tenant's, or was deleted", async () => {
    const { id } = await ended({});
    const foreign = other.call;
    for (const response of [await logs(jobIdAt(0)), await logs('nonsense'), await logs(id, '', foreign)])
      expectProblem(response, 'not-found');
    expect((await errand.call(`/v1/jobs/${id}`, { method: 'DELETE' })).status).toBe(204);
    expectProblem(await logs(id), 'job-deleted');
  });

  test('while the logs are throttled', async () => {
    const { id } = await ended({});
    const heal = errand.cloud.faults.add({ service: 'logs', kind: 'throttle' });
    try {
      expectProblem(await logs(id), 'unavailable');
    } finally {
      heal();
    }
    expect((await logs(id)).status).toBe(200);
  });
});

test('every documented response occurs', () => {
  expect(uncheckedResponses(['getLogs'])).toEqual([]);
});
