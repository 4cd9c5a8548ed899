import { afterAll, beforeAll, expect, test } from 'vitest';
import { Errand, JobFailed, WaitTimeout } from '../../../client/index.ts';
import { startTestErrand, type TestErrand } from '../../support/local-service/local-errand.ts';

let service: TestErrand;
let errand: Errand;

beforeAll(async () => {
  service = await startTestErrand();
  errand = new Errand({ url: service.url, apiKey: service.apiKey });
});
afterAll(() => service?.end());

test('a job is submitted, waited for, and its result is returned', async () => {
  const echo = await errand.services.get('echo', '^1');
  expect(await echo.submit({ message: 'hello' }, { name: 'first' }).result()).toEqual({ message: 'hello' });
});

test('a job that takes longer than the wait continues', async () => {
  const job = await errand.jobs.submit({ service: 'echo', parameters: { sleepSeconds: 150 } });
  await expect(job.wait({ timeoutSeconds: 0.2 })).rejects.toThrow(WaitTimeout);
  await job.abort({ reason: 'too long' });
  expect((await job.wait()).status).toBe('aborted');
});

test('the result of a failed job is thrown as an error with its reason, but a wait does not throw it', async () => {
  const job = await errand.jobs
    .submit({ service: 'csv-profile@1.0.0', parameters: { csv: 'a,b\n1,"2\n' } })
    .wait();
  expect(job).toMatchObject({ status: 'failed', finished: true, succeeded: false });
  await expect(job.result()).rejects.toThrow(JobFailed);
  await expect(job.result()).rejects.toThrow(/service-failed: malformed-csv/);
});

test('a rejected submission is thrown with all violations and the page of the problem', async () => {
  const submitted = errand.jobs.submit({ service: 'csv-profile@1.0.0', parameters: { csv: 3 } });
  await expect(submitted).rejects.toMatchObject({
    status: 422,
    code: 'invalid-parameters',
    documentationUrl: `${service.url}/v1/docs/problems/invalid-parameters`,
  });
});

test('a list yields the jobs of all its pages', async () => {
  const tags = ['page by page'];
  for (const name of ['a', 'b', 'c'])
    await errand.jobs.submit({ service: 'echo', name, tags, parameters: {} }).wait();
  await expect
    .poll(async () =>
      (await Array.fromAsync(errand.jobs.query({ tag: 'page by page' }))).map(({ name }) => name),
    )
    .toEqual(['c', 'b', 'a']);
});

test('a name alone selects the only active version, and the choices are named if there are several', async () => {
  expect((await errand.services.get('echo')).version).toBe('1.0.0');
  await expect(errand.services.get('csv-profile')).rejects.toMatchObject({ versions: ['2.0.0', '1.0.0'] });
});

test('of many jobs, each end is reported once, in one wait for all', async () => {
  const seconds = [0.6, 0.1, 0.3, 0];
  const submit = (sleepSeconds: number) =>
    errand.jobs.submit({ service: 'echo', parameters: { sleepSeconds } });
  const jobs = await Promise.all(seconds.map(submit));
  const ended: string[] = [];
  await errand.waitAll(jobs, { onEnd: ({ id }) => ended.push(id) });
  expect(ended.toSorted()).toEqual(jobs.map(({ id }) => id).toSorted());
  expect(jobs.every(({ succeeded }) => succeeded)).toBe(true);
});

test('the first job that ends is returned, and a wait for all ends after its time', async () => {
  const slow = await errand.jobs.submit({ service: 'echo', parameters: { sleepSeconds: 150 } });
  const fast = await errand.jobs.submit({ service: 'echo', parameters: {} });
  expect((await errand.waitAny([slow, fast])).id).toBe(fast.id);
  await expect(errand.waitAll([slow, fast], { timeoutSeconds: 0.3 })).rejects.toThrow(WaitTimeout);
  await slow.abort();
  await errand.waitAll([slow, fast]);
  expect(slow.status).toBe('aborted');
});
