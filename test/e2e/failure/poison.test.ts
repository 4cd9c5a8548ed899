import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { until } from '../../../local/test/fixture/until.ts';
import { addKey, newTenant } from '../../support/local-service/add-key.ts';
import { checkIntervalSeconds } from '../../support/local-service/assembly-changes.ts';
import type { AssemblyChange } from '../../support/local-service/assembly-copy.ts';
import { registerBatchService, withJobDefinitions } from '../../support/local-service/batch-jobs.ts';
import { startChangedErrand } from '../../support/local-service/changed-errand.ts';
import { type JobBody, reconcileNow, submitJob } from '../../support/local-service/ended-job.ts';
import { expectProblem } from '../../support/local-service/expect-documented.ts';
import type { Call, TestErrand } from '../../support/local-service/local-errand.ts';

const other = newTenant();
/** Uploads one item repeatedly as a list of the given number of bytes, and ends without reporting its end. */
const uploader = `
const { item, sizeBytes } = JSON.parse(process.env.ERRAND_PARAMETERS);
const count = Math.floor((sizeBytes - 2) / (item.length + 1));
const list = '[' + Array(count).fill(item).join(',') + ']';
const report = (path, body) =>
  fetch(process.env.ERRAND_WORKER_URL + path, {
    method: 'POST',
    headers: {
      authorization: 'Bearer ' + process.env.ERRAND_WORKER_TOKEN,
      'content-type': 'application/json',
      'errand-worker-id': process.env.AWS_BATCH_JOB_ID,
    },
    body: JSON.stringify(body),
  });
await report('/heartbeat', {});
const asked = await report('/result-upload', { mediaType: 'application/json', sizeBytes: list.length });
const { uploadUrl } = await asked.json();
const put = await fetch(uploadUrl, { method: 'PUT', headers: { 'content-type': 'application/json' }, body: list });
process.exit(put.ok ? 0 : 1);
`;

const result = { items: { required: ['a', 'b', 'c', 'd', 'e', 'f'] } };
const poisons = [
  { item: '{}', sizeBytes: 4_194_304 },
  { item: '{}', sizeBytes: 2_099_000 },
  { item: '{"x":1}', sizeBytes: 4_194_304 },
];

/** Stops all events of AWS Batch from reaching their function. */
const withoutBatchEvents: AssemblyChange = ({ resources }) => {
  const rules = Object.values(resources)
    .flatMap((stack) => Object.values(stack))
    .filter(({ Properties }) => JSON.stringify(Properties?.['EventPattern'] ?? '').includes('aws.batch'));
  if (rules.length === 0) throw new Error('no rule matches events of AWS Batch');
  for (const { Properties } of rules) Properties['EventPattern'] = { source: ['nobody'] };
};

async function startPoisoned(changes: readonly AssemblyChange[]): Promise<TestErrand> {
  const errand = await startChangedErrand([
    checkIntervalSeconds(1),
    withJobDefinitions({ 'errand-job-uploader': uploader }),
    ...changes,
  ]);
  await addKey(errand.cloud, other.holder);
  // After the first heartbeat the next check of the job is 10 s later, whenever the previous reconciliation pass was.
  const definition = { result, heartbeatSeconds: 10, retry: { maxAttempts: 1 } };
  await registerBatchService(errand, 'uploader', { jobDefinition: 'errand-job-uploader', definition });
  await registerBatchService(asOther(errand), 'uploader', {
    jobDefinition: 'errand-job-uploader',
    definition: { heartbeatSeconds: 10 },
  });
  return errand;
}

function asOther(errand: TestErrand): TestErrand {
  const call = (path: string, options: Call = {}) =>
    errand.call(path, { ...options, headers: { 'x-api-key': other.holder.key, ...options.headers } });
  return { ...errand, call };
}

async function endOf(errand: TestErrand, { id }: JobBody, meanwhile: () => void = () => undefined) {
  const ended = async () => {
    meanwhile();
    const { body } = await errand.call(`/v1/jobs/${id}`);
    return body.finishedAt === undefined ? undefined : body;
  };
  // Each check of such a result takes seconds on a busy machine, and the reconciler makes one after the other.
  return until(`job ${id} ends`, ended, 90_000);
}

describe.each([
  ['reported by events', [], () => undefined],
  ['found by the reconciler', [withoutBatchEvents], reconcileNow],
] as const)('results that violate their schema a million times, %s,', (_title, changes, meanwhile) => {
  let errand: TestErrand;
  beforeAll(async () => {
    errand = await startPoisoned(changes);
  });
  afterAll(() => errand?.end());

  test('end their jobs as invalid, while a job of another tenant ends in the same way', async () => {
    const jobs = await Promise.all(
      poisons.map((parameters) => submitJob(errand, { service: 'uploader', parameters })),
    );
    const good = { service: 'uploader', parameters: { item: '1', sizeBytes: 1000 } };
    const others = await submitJob(asOther(errand), good);
    let nextAt = 0;
    const reconcile = () => {
      if (Date.now() < nextAt) return;
      meanwhile(errand.cloud);
      nextAt = Date.now() + 500;
    };
    expect(await endOf(asOther(errand), others, reconcile)).toMatchObject({ status: 'succeeded' });
    for (const job of jobs)
      expect(await endOf(errand, job, reconcile)).toMatchObject({
        status: 'failed',
        error: { code: 'invalid-result' },
      });
  }, 120_000);
});

describe('a definition whose patterns take too much work to check', () => {
  let errand: TestErrand;
  beforeAll(async () => {
    errand = await startPoisoned([]);
  });
  afterAll(() => errand?.end());

  const words = (index: number) =>
    Array.from({ length: 98 }, (_, word) => String.fromCodePoint(0x4e00 + 100 * index + word)).join('|');
  const properties = Object.fromEntries(
    Array.from({ length: 75 }, (_, index) => [`p${index}`, { pattern: `^(?:${words(index)})+$` }]),
  );
  const dispatcher = { kind: 'lambda', functionName: 'errand-service-echo' };

  test('is refused with the pattern that was not checked, while calls of another tenant are served', async () => {
    const body = { parameters: { properties }, dispatcher };
    expect(JSON.stringify(body).length).toBeGreaterThan(15_000);
    const registering = errand.call('/v1/services/heavy/versions/1.0.0', { method: 'PUT', body });
    const responses = Array.from({ length: 10 }, () => asOther(errand).call('/v1/jobs'));
    for (const response of await Promise.all(responses)) expect(response.status).toBe(200);
    const refusal = await registering;
    expectProblem(refusal, 'schema-invalid');
    expect(refusal.body.errors).toMatchObject([
      {
        pointer: expect.stringMatching(/^\/parameters\/properties\/p\d\/pattern$/),
        detail: expect.stringMatching(/could not be checked/),
      },
    ]);
  });
});

describe('short values that take a long time to check', () => {
  let errand: TestErrand;
  beforeAll(async () => {
    errand = await startPoisoned([]);
  });
  afterAll(() => errand?.end());

  const dispatcher = { kind: 'lambda', functionName: 'errand-service-echo' };
  const register = (name: string, definition: object) =>
    errand.call(`/v1/services/${name}/versions/1.0.0`, {
      method: 'PUT',
      body: { ...definition, dispatcher },
    });
  const references = (count: number, to: string) => Array.from({ length: count }, () => ({ $ref: to }));
  const names = Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [index.toString(36), {}]));
  /** Each item is compared with 5,000 names 4,800 times. */
  const hard = {
    items: { allOf: references(100, '#p') },
    $defs: {
      p: { $anchor: 'p', allOf: references(48, '#q') },
      q: { $anchor: 'q', properties: names },
    },
  };
  const value = Array.from({ length: 150 }, () => ({}));

  /** Runs another tenant's job from its submission to its end while `work` is in progress. */
  async function whileAnotherRuns<Value>(work: Promise<Value>): Promise<Value> {
    let isOver = false;
    const watched = work.finally(() => {
      isOver = true;
    });
    const registered = await asOther(errand).call('/v1/services/echo/versions/1.0.0', {
      method: 'PUT',
      body: { parameters: {}, dispatcher },
    });
    expect(registered.status).toBeLessThan(300);
    for (let jobs = 0; jobs < 3; jobs += 1) {
      const job = await submitJob(asOther(errand), { service: 'echo' });
      expect(await endOf(asOther(errand), job)).toMatchObject({ status: 'succeeded' });
      expect(isOver).toBe(false);
    }
    return watched;
  }

  test('are refused as parameters, and end a job as its result', async () => {
    await register('hard', { parameters: hard });
    expectProblem(
      await errand.call('/v1/jobs', { body: { service: 'hard', parameters: value } }),
      'invalid-parameters',
    );
    await register('hard-result', { parameters: {}, result: hard });
    const job = await submitJob(errand, { service: 'hard-result', parameters: value });
    expect(await endOf(errand, job)).toMatchObject({ status: 'failed', error: { code: 'invalid-result' } });
  });

  test('share the time of one request, in which the jobs of another tenant run', async () => {
    await register('slow-pattern', { parameters: { pattern: '^a*a*a*a*a*a*a*b$' } });
    const jobs = Array.from({ length: 100 }, () => ({
      service: 'slow-pattern',
      parameters: 'a'.repeat(900),
    }));
    const { body } = await whileAnotherRuns(errand.call('/v1/jobs/batch', { body: { jobs } }));
    const statuses = body.items.map((item: JobBody) => item.problem.status);
    expect(new Set(statuses)).toEqual(new Set([422, 503]));
    expect(statuses.at(-1)).toBe(503);
    expect(body.items.at(-1).problem.detail).toMatch(/send it in a request with fewer jobs/);
  }, 60_000);
});
