import { expect, onTestFinished, test } from 'vitest';
import { startBatch } from '../../batch/start-batch.ts';
import { startGateway } from '../../gateway/start-gateway.ts';
import { accessControl } from '../../iam/access-control.ts';
import { type AccessKey, accessKeys } from '../../iam/access-keys.ts';
import { temporaryDirectory } from '../fixture/write-assembly.ts';
import { batchModel, functionAllowed, testAccount, testRegion } from './batch-stack.ts';
import { signedPost } from './signed-post.ts';

const arn = (rest: string) => `arn:aws:batch:${testRegion}:${testAccount}:${rest}`;
const submission = { jobName: 'one', jobQueue: 'jobs', jobDefinition: 'work' };

/** Starts Batch behind the endpoint, with a function that has the permissions `grants`. */
async function endpoint(grants: Readonly<Record<string, readonly string[]>>) {
  const model = batchModel({ resources: functionAllowed('caller', grants) });
  const keys = accessKeys(model);
  const batch = startBatch({
    model,
    dataDirectory: temporaryDirectory(),
    publish: () => undefined,
    environmentFor: () => ({}),
  });
  const gateway = await startGateway({ services: [batch], access: accessControl(model), keys });
  onTestFinished(async () => {
    await gateway.stop();
    await batch.stop();
  });
  const own = keys.forFunction(`arn:aws:lambda:${testRegion}:${testAccount}:function:caller`);
  const call = (operation: string, body: object, key: AccessKey = own) =>
    signedPost(`${gateway.url}/v1/${operation}`, body, { key, region: testRegion });
  return { call, keys };
}

test('SubmitJob succeeds with permission for the queue and for any revision of the definition', async () => {
  const { call } = await endpoint({
    'batch:SubmitJob': [arn('job-queue/jobs'), arn('job-definition/work'), arn('job-definition/work:*')],
  });
  expect(await call('submitjob', submission)).toMatchObject({ status: 200, json: { jobName: 'one' } });
  expect(await call('submitjob', { ...submission, jobDefinition: 'work:1' })).toMatchObject({ status: 200 });
});

test.each([
  ['the queue', { 'batch:SubmitJob': [arn('job-definition/*')] }, arn('job-queue/jobs')],
  ['the definition', { 'batch:SubmitJob': [arn('job-queue/*')] }, arn('job-definition/work')],
  [
    'the definition without a revision',
    { 'batch:SubmitJob': [arn('job-queue/*'), arn('job-definition/work:*')] },
    arn('job-definition/work'),
  ],
])('SubmitJob is refused without permission for %s', async (_what, grants, resource) => {
  const { call } = await endpoint(grants);
  expect(await call('submitjob', submission)).toMatchObject({
    status: 403,
    json: {
      __type: 'AccessDeniedException',
      message: expect.stringContaining(`batch:SubmitJob on resource: ${resource} `),
    },
  });
});

test('SubmitJob with tags requires a separate permission', async () => {
  const { call } = await endpoint({ 'batch:SubmitJob': [arn('*')] });
  expect(await call('submitjob', { ...submission, tags: { team: 'a' } })).toMatchObject({
    status: 403,
    json: { message: expect.stringContaining('batch:TagResource on resource') },
  });
});

test('DescribeJobs and ListJobs require permission for all jobs, TerminateJob for the job', async () => {
  const { call, keys } = await endpoint({
    'batch:DescribeJobs': ['*'],
    'batch:TerminateJob': [arn('job/*')],
  });
  const { json } = await call('submitjob', submission, keys.operator);
  expect(await call('describejobs', { jobs: [json['jobId']] })).toMatchObject({
    status: 200,
    json: { jobs: [{ jobId: json['jobId'] }] },
  });
  expect(await call('terminatejob', { jobId: json['jobId'], reason: 'x' })).toEqual({
    status: 200,
    json: {},
  });
  expect((await call('listjobs', { jobQueue: 'jobs' })).status).toBe(403);
});

test('an unknown operation and an invalid body result in AWS’s errors', async () => {
  const { call, keys } = await endpoint({});
  expect(await call('registerjobdefinition', {}, keys.operator)).toMatchObject({
    status: 404,
    json: { __type: 'UnknownOperationException' },
  });
  expect(await call('submitjob', { jobName: 'one' }, keys.operator)).toMatchObject({
    status: 400,
    json: { __type: 'ClientException' },
  });
});

test('each job role has one access key', () => {
  const model = batchModel();
  const keys = accessKeys(model);
  const roleArn = `arn:aws:iam::${testAccount}:role/JobRole`;
  const key = keys.forJobRole(roleArn);
  expect(keys.find(key.accessKeyId)?.principal).toEqual({ kind: 'role', roleArn, sessionName: 'batch-job' });
  expect(() => keys.forJobRole(`${roleArn}2`)).toThrow('no job definition of the app has the job role');
});
