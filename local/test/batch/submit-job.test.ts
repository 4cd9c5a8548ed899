import { expect, test } from 'vitest';
import { testAccount, testRegion } from './batch-stack.ts';
import { localBatch } from './local-batch.ts';

const whole = { jobName: 'one', jobQueue: 'jobs', jobDefinition: 'work' };

test.each([
  ['no job name', { jobName: undefined }, /jobName must be specified/],
  ['a name with a space', { jobName: 'a b' }, /Job name should match valid pattern/],
  ['a name of 129 characters', { jobName: 'a'.repeat(129) }, /Job name should match valid pattern/],
  ['an unknown queue', { jobQueue: 'other' }, /Unable to find JobQueue other/],
  ['an unknown definition', { jobDefinition: 'other' }, /Unable to find JobDefinition other/],
  ['an unknown revision', { jobDefinition: 'work:2' }, /Unable to find JobDefinition work:2/],
  [
    'a share for a queue without shares',
    { shareIdentifier: 'a' },
    /only be submitted to job queue with fair share/,
  ],
  ['a priority for a queue without shares', { schedulingPriorityOverride: 1 }, /with fair share/],
  ['no share for a fair-share queue', { jobQueue: 'shared' }, /shareIdentifier must be specified/],
  [
    'no priority for a fair-share queue',
    { jobQueue: 'shared', shareIdentifier: 'a' },
    /Either schedulingPriority in job definition or schedulingPriorityOverride/,
  ],
  [
    'a share with a hyphen',
    { jobQueue: 'shared', shareIdentifier: 'a-b', schedulingPriorityOverride: 1 },
    /letters and digits/,
  ],
  [
    'a time limit below a minute',
    { timeout: { attemptDurationSeconds: 59 } },
    /attemptDurationSeconds .* from 60/,
  ],
  ['eleven attempts', { retryStrategy: { attempts: 11 } }, /attempts .* from 1 to 10/],
  [
    'rules for retries',
    { retryStrategy: { attempts: 2, evaluateOnExit: [{ action: 'EXIT' }] } },
    /evaluateOnExit/,
  ],
  ['dependencies', { dependsOn: [{ jobId: 'other' }] }, /dependsOn is not supported/],
  ['an array', { arrayProperties: { size: 2 } }, /arrayProperties is not supported/],
  [
    'a value that is missing',
    { containerOverrides: { command: ['Ref::x'] } },
    /No parameter found for reference x/,
  ],
  [
    'a reserved variable of Batch',
    { containerOverrides: { environment: [{ name: 'AWS_BATCH_X', value: '1' }] } },
    /AWS_BATCH_X begins with AWS_BATCH/,
  ],
  [
    'memory that Fargate does not offer for its vCPUs',
    { containerOverrides: { resourceRequirements: [{ type: 'MEMORY', value: '4096' }] } },
    /Fargate resource requirements \(0\.25 vCPU, 4096 MiB\) not valid/,
  ],
  [
    'a graphics processor',
    { containerOverrides: { resourceRequirements: [{ type: 'GPU', value: '1' }] } },
    /GPU is not supported/,
  ],
])('a submission with %s is refused and stores no job', async (_what, changed, message) => {
  const local = localBatch();
  const refused = expect(local.call('submitjob', { ...whole, ...changed })).rejects;
  await refused.toMatchObject({
    code: 'ClientException',
    status: 400,
    message: expect.stringMatching(message),
  });
  const filters = [{ name: 'JOB_NAME', values: ['*'] }];
  expect(await local.call('listjobs', { jobQueue: 'jobs', filters })).toEqual({ jobSummaryList: [] });
});

test.each(['work', 'work:1', `arn:aws:batch:${testRegion}:${testAccount}:job-definition/work:1`])(
  'a submission may name the definition as %s and the queue by ARN',
  async (jobDefinition) => {
    const local = localBatch();
    const jobQueue = `arn:aws:batch:${testRegion}:${testAccount}:job-queue/jobs`;
    const answer = await local.call('submitjob', { ...whole, jobQueue, jobDefinition });
    expect(answer).toEqual({
      jobArn: `arn:aws:batch:${testRegion}:${testAccount}:job/${String(answer['jobId'])}`,
      jobName: 'one',
      jobId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    expect((await local.ended(String(answer['jobId']))).status).toBe('SUCCEEDED');
  },
);

test('the definition’s limits and priority apply if the submission has none', async () => {
  const local = localBatch({
    stack: {
      definition: {
        SchedulingPriority: 7,
        RetryStrategy: { Attempts: 2 },
        Timeout: { AttemptDurationSeconds: 90 },
        PropagateTags: true,
      },
    },
  });
  const id = await local.submit({ jobQueue: 'shared', shareIdentifier: 'a' });
  expect(await local.describe(id)).toMatchObject({
    schedulingPriority: 7,
    shareIdentifier: 'a',
    retryStrategy: { attempts: 2 },
    timeout: { attemptDurationSeconds: 90 },
    propagateTags: true,
  });
});
