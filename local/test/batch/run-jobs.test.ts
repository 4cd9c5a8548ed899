import { expect, onTestFinished, test, vi } from 'vitest';
import { isRunning, until } from '../fixture/until.ts';
import { testAccount, testRegion } from './batch-stack.ts';
import { localBatch, program, script } from './local-batch.ts';

test('the image’s own command runs in the asset’s directory', async () => {
  const local = localBatch();
  const job = await local.ended(await local.submit());
  expect(job).toMatchObject({
    status: 'SUCCEEDED',
    statusReason: 'Essential container in task exited',
    container: { exitCode: 0, command: [] },
  });
  expect(local.log(job)).toMatch(/^arguments from-image in .*\/asset\.image\n$/);
});

test('the submission’s command replaces the image’s, with parameters substituted', async () => {
  const local = localBatch({ stack: { definition: { Parameters: { word: 'template', other: 'kept' } } } });
  const id = await local.submit({
    parameters: { word: 'submitted' },
    containerOverrides: { command: ['node', 'main.mjs', 'Ref::word', '--other=Ref::other'] },
  });
  const job = await local.ended(id);
  expect(local.log(job)).toContain('arguments submitted --other=kept in');
  expect(job.container.command).toEqual(['node', 'main.mjs', 'submitted', '--other=kept']);
  expect(job['parameters']).toEqual({ word: 'submitted', other: 'kept' });
});

test('the entrypoint precedes any command', async () => {
  const local = localBatch({
    stack: { dockerfile: 'FROM node\nENTRYPOINT ["node", "main.mjs"]\nCMD ["unused"]\n' },
  });
  const job = await local.ended(await local.submit({ containerOverrides: { command: ['from-submission'] } }));
  expect(local.log(job)).toContain('arguments from-submission in');
});

test('the program gets its own environment and inherits nothing from this process', async () => {
  vi.stubEnv('OF_THIS_PROCESS', 'secret');
  onTestFinished(() => void vi.unstubAllEnvs());
  const local = localBatch({
    environmentFor: (roleArn) => ({ AWS_ENDPOINT_URL: `http://for/${roleArn?.split('/').at(-1)}` }),
  });
  const id = await local.submit({
    containerOverrides: {
      command: ['node', '-e', 'console.log(JSON.stringify(process.env))'],
      environment: [
        { name: 'FROM_SUBMISSION', value: 'submission' },
        { name: 'AWS_ENDPOINT_URL', value: 'http://elsewhere' },
      ],
    },
  });
  const seen: unknown = JSON.parse(local.log(await local.ended(id)));
  expect(seen).toMatchObject({
    FROM_TEMPLATE: 'template',
    FROM_SUBMISSION: 'submission',
    AWS_BATCH_JOB_ID: id,
    AWS_BATCH_JQ_NAME: 'jobs',
    AWS_BATCH_CE_NAME: 'spot',
    AWS_BATCH_JOB_ATTEMPT: '1',
    AWS_REGION: testRegion,
    AWS_ENDPOINT_URL: 'http://for/JobRole',
  });
  expect(seen).not.toHaveProperty('OF_THIS_PROCESS');
});

test('a failed job has the exit code of the program, or 128 plus the signal that ended it', async () => {
  const local = localBatch();
  const failed = await local.ended(await local.submit(script('echo broken >&2; exit 3')));
  expect(failed).toMatchObject({ status: 'FAILED', container: { exitCode: 3 } });
  expect(local.log(failed)).toBe('broken\n');
  const killed = await local.ended(await local.submit(script('kill -SEGV $$')));
  expect(killed).toMatchObject({ status: 'FAILED', container: { exitCode: 139 } });
});

test('each state except SUBMITTED is published in Batch’s format', async () => {
  const local = localBatch();
  const id = await local.submit({
    ...program(''),
    tags: { team: 'a' },
    timeout: { attemptDurationSeconds: 60 },
  });
  const job = await local.ended(id);
  expect(local.states(id)).toEqual(['RUNNABLE', 'STARTING', 'RUNNING', 'SUCCEEDED']);
  const arn = `arn:aws:batch:${testRegion}:${testAccount}:job/${id}`;
  expect(local.events.at(-1)).toMatchObject({
    source: 'aws.batch',
    detailType: 'Batch Job State Change',
    resources: [arn],
    detail: {
      jobArn: arn,
      jobName: 'one',
      jobId: id,
      jobQueue: `arn:aws:batch:${testRegion}:${testAccount}:job-queue/jobs`,
      jobDefinition: `arn:aws:batch:${testRegion}:${testAccount}:job-definition/work:1`,
      status: 'SUCCEEDED',
      retryStrategy: { attempts: 1, evaluateOnExit: [] },
      timeout: { attemptDurationSeconds: 60 },
      tags: { team: 'a' },
      dependsOn: [],
      platformCapabilities: ['FARGATE'],
      attempts: [
        {
          statusReason: 'Essential container in task exited',
          container: { exitCode: 0, logStreamName: expect.stringMatching(/^work\/default\/[0-9a-f]{32}$/) },
        },
      ],
      container: {
        command: ['node', '-e', ''],
        exitCode: 0,
        resourceRequirements: [
          { value: '0.25', type: 'VCPU' },
          { value: '512', type: 'MEMORY' },
        ],
      },
    },
  });
  expect(local.events.at(-1)?.detail).toEqual(job);
  expect(local.events[0]?.detail).not.toHaveProperty('startedAt');
  expect(local.events[0]?.detail).toHaveProperty('attempts', []);
  const times = [job.createdAt, job.startedAt ?? 0, job.stoppedAt ?? 0];
  expect(times).toEqual([...times].sort((a, b) => a - b));
});

test('the log stream of a container is reported from its start, with the group and prefix of its definition', async () => {
  const options = {
    'awslogs-group': '/own/group',
    'awslogs-stream-prefix': 'mine',
    'awslogs-region': testRegion,
  };
  const LogConfiguration = { LogDriver: 'awslogs', Options: options };
  const local = localBatch({ stack: { container: { LogConfiguration } } });
  const id = await local.submit(program('console.log("written")'));
  const job = await local.ended(id);
  const stream = expect.stringMatching(/^mine\/default\/[0-9a-f]{32}$/);
  const logConfiguration = { logDriver: 'awslogs', options };
  expect(job.container).toMatchObject({ logStreamName: stream, logConfiguration });
  expect(local.log(job)).toBe('written\n');
  expect(local.times(job.container.logStreamName)).toMatchObject({ group: '/own/group', isEnded: true });
  const told = local.events.map(({ detail }) => {
    const { logStreamName } = detail['container'] as { logStreamName?: string };
    return [detail['status'], logStreamName];
  });
  expect(told).toEqual([
    ['RUNNABLE', undefined],
    ['STARTING', undefined],
    ['RUNNING', job.container.logStreamName],
    ['SUCCEEDED', job.container.logStreamName],
  ]);
});

test('the time of each line is recorded, and the log ends with its container', async () => {
  const local = localBatch();
  const id = await local.submit(program('console.log("a")'));
  const job = await local.ended(id);
  const times = local.times(job.container.logStreamName);
  expect(times).toEqual({ group: '/aws/batch/job', marks: [[2, expect.any(Number)]], isEnded: true });
  const [[, at] = [0, 0]] = times?.marks ?? [];
  expect(at).toBeGreaterThanOrEqual(job.startedAt ?? Number.NaN);
  expect(at).toBeLessThanOrEqual(job.stoppedAt ?? Number.NaN);
});

test('a container that did not start has no log stream', async () => {
  const local = localBatch({ stack: { dockerfile: 'FROM node:24\n' } });
  const job = await local.ended(await local.submit());
  expect(job.container).not.toHaveProperty('logStreamName');
  expect(job.container).not.toHaveProperty('logConfiguration');
  expect(job.attempts[0]?.container).not.toHaveProperty('logStreamName');
});

test('a job is retried as often as the retry strategy allows, with the number of each attempt', async () => {
  const local = localBatch();
  const id = await local.submit({
    ...script('echo attempt $AWS_BATCH_JOB_ATTEMPT; test $AWS_BATCH_JOB_ATTEMPT = 3'),
    retryStrategy: { attempts: 5 },
  });
  const job = await local.ended(id);
  expect(job.status).toBe('SUCCEEDED');
  expect(job.attempts.map(({ container }) => container.exitCode)).toEqual([1, 1, 0]);
  expect(local.log(job)).toBe('attempt 3\n');
  expect(new Set(job.attempts.map(({ container }) => container.logStreamName)).size).toBe(3);
  expect(local.states(id).filter((state) => state === 'RUNNABLE')).toHaveLength(3);
});

test('processes that a program leaves running end with it', async () => {
  const local = localBatch();
  const job = await local.ended(await local.submit(script('sleep 600 & echo $!')));
  const left = Number(local.log(job));
  await until('the sleeper has ended', () => !isRunning(left));
});

test('a job fails before its command starts if its role does not trust Fargate’s tasks', async () => {
  const local = localBatch({ stack: { trusted: 'lambda.amazonaws.com' } });
  const id = await local.submit();
  const job = await local.ended(id);
  expect(job.statusReason).toBe(
    `ECS was unable to assume the role 'arn:aws:iam::${testAccount}:role/JobRole' that was provided for this task.`,
  );
  expect(job.attempts[0]).not.toHaveProperty('startedAt');
  expect(local.states(id)).toEqual(['RUNNABLE', 'STARTING', 'FAILED']);
});

test('a job fails if neither the job nor its image has a command', async () => {
  const local = localBatch({ stack: { dockerfile: 'FROM node:24\n' } });
  const job = await local.ended(await local.submit());
  expect(job).toMatchObject({
    status: 'FAILED',
    statusReason: 'Task failed to start',
    container: { reason: 'CannotStartContainerError: neither the job nor its image has a command' },
  });
});
