import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryDirectory } from '../fixture/write-assembly.ts';
import { localBatch, script } from './local-batch.ts';

type Listed = {
  readonly jobSummaryList: ReadonlyArray<Record<string, unknown>>;
  readonly nextToken?: string;
};

test('DescribeJobs omits jobs that do not exist and describes at most a hundred', async () => {
  const local = localBatch();
  expect(await local.call('describejobs', { jobs: ['none'] })).toEqual({ jobs: [] });
  await expect(local.call('describejobs', { jobs: Array(101).fill('none') })).rejects.toMatchObject({
    code: 'ClientException',
    message: expect.stringContaining('Maximum number of jobs supported is 100'),
  });
  await expect(local.call('terminatejob', { jobId: 'none', reason: 'x' })).rejects.toMatchObject({
    code: 'ClientException',
  });
});

test('ListJobs finds jobs by name in any state, newest first, page by page', async () => {
  const local = localBatch({ stack: { maximumVcpus: 0.25 } });
  const long = await local.submit({ ...script('sleep 600'), jobName: 'Tenant-1' });
  await local.reached(long, 'RUNNING');
  const waiting = await local.submit({ jobName: 'tenant-2' });
  await local.submit({ jobName: 'other' });
  const find = async (more: object) =>
    (await local.call('listjobs', { jobQueue: 'jobs', ...more })) as unknown as Listed; // ListJobs' own shape
  const filters = [{ name: 'JOB_NAME', values: ['TENANT-*'] }];
  const first = await find({ filters, maxResults: 1 });
  expect(first.jobSummaryList.map((job) => job['jobId'])).toEqual([waiting]);
  const second = await find({ filters, maxResults: 1, nextToken: first.nextToken });
  expect(second.jobSummaryList).toEqual([
    {
      jobArn: (await local.describe(long)).jobArn,
      jobId: long,
      jobName: 'Tenant-1',
      createdAt: expect.any(Number),
      startedAt: expect.any(Number),
      status: 'RUNNING',
      jobDefinition: expect.stringMatching(/job-definition\/work:1$/),
      container: {},
    },
  ]);
  expect(second).not.toHaveProperty('nextToken');
  const one = await find({ filters: [{ name: 'JOB_NAME', values: ['tenant-2'] }] });
  expect(one.jobSummaryList).toHaveLength(1);
  const running = await find({});
  expect(running.jobSummaryList.map((job) => job['jobName'])).toEqual(['Tenant-1']);
  await local.reached(waiting, 'RUNNABLE');
  const runnable = await find({ jobStatus: 'RUNNABLE' });
  expect(runnable.jobSummaryList).toHaveLength(2);
  const { createdAt } = await local.describe(long);
  const later = await find({ filters: [{ name: 'AFTER_CREATED_AT', values: [String(createdAt - 1)] }] });
  expect(later.jobSummaryList).toHaveLength(3);
  const earlier = await find({ filters: [{ name: 'BEFORE_CREATED_AT', values: [String(createdAt)] }] });
  expect(earlier.jobSummaryList).toEqual([]);
});

test('an ended job and its log are deleted after the retention, not before', async () => {
  const dataDirectory = temporaryDirectory();
  const first = localBatch({ dataDirectory });
  const job = await first.ended(await first.submit());
  await first.batch.stop();
  const stream = join(dataDirectory, 'logs', 'batch', `${job.attempts[0]?.container.logStreamName}`);
  const files = [`${stream}.log`, `${stream}.times`];
  const second = localBatch({ dataDirectory });
  expect((await second.describe(job.jobId)).status).toBe('SUCCEEDED');
  expect(files.map((file) => existsSync(file))).toEqual([true, true]);
  await second.batch.stop();
  const third = localBatch({ dataDirectory, keptDays: 0 });
  expect(await third.call('describejobs', { jobs: [job.jobId] })).toEqual({ jobs: [] });
  expect(files.map((file) => existsSync(file))).toEqual([false, false]);
});

test('DescribeJobDefinitions returns the active revision, and nothing for an unknown definition', async () => {
  const local = localBatch();
  const named = (jobDefinitionName: string, status?: string) =>
    local.call('describejobdefinitions', { jobDefinitionName, ...(status === undefined ? {} : { status }) });
  expect(await named('work', 'ACTIVE')).toMatchObject({
    jobDefinitions: [{ jobDefinitionName: 'work', revision: 1, status: 'ACTIVE' }],
  });
  expect(await named('work', 'INACTIVE')).toEqual({ jobDefinitions: [] });
  expect(await named('other')).toEqual({ jobDefinitions: [] });
});

test('DescribeJobDefinitions finds a revision by its name, and nothing for an unknown revision', async () => {
  const local = localBatch();
  const listed = (jobDefinition: string) =>
    local.call('describejobdefinitions', { jobDefinitions: [jobDefinition] });
  expect(await listed('work:1')).toMatchObject({ jobDefinitions: [{ revision: 1, status: 'ACTIVE' }] });
  expect(await listed('work:2')).toEqual({ jobDefinitions: [] });
});
