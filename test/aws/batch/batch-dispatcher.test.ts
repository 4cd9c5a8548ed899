import { describe, expect, onTestFinished, test } from 'vitest';
import { batchDispatcher } from '../../../aws/batch/batch-dispatcher.ts';
import { lazyBatchClient } from '../../../aws/clients/batch-client.ts';
import type { BatchAttempt } from '../../../core/ports/batch-dispatcher.ts';
import { testCredentials } from '../../support/local-service/errand-table.ts';
import {
  type RecordedRequest,
  type RecordedResponse,
  startRecordingServer,
} from '../../support/recording-server.ts';

const attempt: BatchAttempt = {
  jobName: 'errand-x-1',
  jobDefinition: 'errand-job-x',
  environment: { A: 'b' },
  attemptTimeoutSeconds: 3600,
  tenant: 'team-1',
  priority: 7,
  claim: 'mark',
};
const described = (revision: number): RecordedResponse => ({
  status: 200,
  body: { jobDefinitions: [{ jobDefinitionName: 'errand-job-x', revision, status: 'ACTIVE' }] },
});
const submitted: RecordedResponse = { status: 200, body: { jobId: 'b-1', jobName: 'errand-x-1' } };
const refused: RecordedResponse = {
  status: 400,
  body: { __type: 'ClientException', message: 'no such thing' },
};

/** The adapter with a server that responds by the last part of the path and records the requests. */
async function world(responses: Record<string, (request: RecordedRequest) => RecordedResponse>) {
  const server = await startRecordingServer((request) => {
    const operation = request.path.split('/').at(-1) ?? '';
    return (responses[operation] ?? (() => ({ status: 200, body: {} })))(request);
  });
  const client = lazyBatchClient({
    endpoint: server.endpoint,
    region: 'us-east-1',
    credentials: testCredentials,
  });
  onTestFinished(async () => {
    (await client()).destroy();
    await server.stop();
  });
  const batch = batchDispatcher({ client, jobQueue: 'errand-queue', submissionIntervalMs: 0 });
  const operations = () => server.requests.map(({ path }) => path.split('/').at(-1));
  const bodies = (operation: string) =>
    server.requests.filter(({ path }) => path.endsWith(operation)).map(({ body }) => body);
  return { batch, client, operations: operations, bodies };
}

describe('batchDispatcher', () => {
  test('submits the job definition with its revision, the share of the tenant and a single attempt', async () => {
    const { batch, bodies } = await world({
      describejobdefinitions: () => described(3),
      submitjob: () => submitted,
    });
    expect(await batch.submit({ ...attempt, command: ['run'], vcpus: 0.5, memoryMiB: 1024 })).toBe('b-1');
    expect(bodies('describejobdefinitions')).toEqual([
      { jobDefinitionName: 'errand-job-x', status: 'ACTIVE' },
    ]);
    expect(bodies('submitjob')).toEqual([
      {
        jobName: 'errand-x-1',
        jobQueue: 'errand-queue',
        jobDefinition: 'errand-job-x:3',
        shareIdentifier: 'teamZ1',
        schedulingPriorityOverride: 7,
        retryStrategy: { attempts: 1 },
        timeout: { attemptDurationSeconds: 3600 },
        tags: { tenant: 'team-1', job: 'errand-x-1', claim: 'mark' },
        containerOverrides: {
          command: ['run'],
          environment: [{ name: 'A', value: 'b' }],
          resourceRequirements: [
            { type: 'VCPU', value: '0.5' },
            { type: 'MEMORY', value: '1024' },
          ],
        },
      },
    ]);
  });

  test('finds the newest of several revisions on any page, and looks it up once a minute', async () => {
    const { batch, bodies } = await world({
      describejobdefinitions: ({ body }) =>
        body['nextToken'] === undefined
          ? { status: 200, body: { jobDefinitions: [{ revision: 9 }], nextToken: 'more' } }
          : { status: 200, body: { jobDefinitions: [{ revision: 10 }, { revision: 8 }] } },
      submitjob: () => submitted,
    });
    await batch.submit(attempt);
    await batch.submit(attempt);
    expect(bodies('describejobdefinitions')).toHaveLength(2);
    expect(bodies('submitjob').map((body) => body['jobDefinition'])).toEqual([
      'errand-job-x:10',
      'errand-job-x:10',
    ]);
  });

  test('uses a revision and a queue that the service names unchanged', async () => {
    const { batch, operations, bodies } = await world({ submitjob: () => submitted });
    await batch.submit({ ...attempt, jobDefinition: 'errand-job-x:2', jobQueue: 'errand-queue-own' });
    expect(operations()).toEqual(['submitjob']);
    expect(bodies('submitjob')).toMatchObject([
      { jobDefinition: 'errand-job-x:2', jobQueue: 'errand-queue-own' },
    ]);
  });

  test('looks up the revision again when the cached one was replaced', async () => {
    let newest = 1;
    const { batch, bodies } = await world({
      describejobdefinitions: () => described(newest),
      submitjob: ({ body }) => (body['jobDefinition'] === `errand-job-x:${newest}` ? submitted : refused),
    });
    await batch.submit(attempt);
    newest = 2;
    expect(await batch.submit(attempt)).toBe('b-1');
    expect(bodies('submitjob').map((body) => body['jobDefinition'])).toEqual([
      'errand-job-x:1',
      'errand-job-x:1',
      'errand-job-x:2',
    ]);
  });

  test.each([
    [
      'what Batch refuses',
      { describejobdefinitions: () => described(1), submitjob: () => refused },
      'no such thing',
    ],
    [
      'a definition that has no active revision',
      { describejobdefinitions: (): RecordedResponse => ({ status: 200, body: { jobDefinitions: [] } }) },
      'The job definition errand-job-x does not exist or has no active revision',
    ],
    [
      'what its role does not permit',
      {
        describejobdefinitions: () => described(1),
        submitjob: (): RecordedResponse => ({
          status: 403,
          body: { __type: 'AccessDeniedException', message: 'no' },
        }),
      },
      'no',
    ],
  ])('distinguishes %s from a temporary failure', async (_, responses, message) => {
    const { batch } = await world(responses);
    await expect(batch.submit(attempt)).rejects.toMatchObject({ name: 'BatchRefusal', message });
  });

  test.each([
    ['a throttled call', { status: 429, body: { __type: 'TooManyRequestsException', message: 'slow' } }],
    ['a fault of Batch', { status: 500, body: { __type: 'ServerException', message: 'oh' } }],
    ['a lost response', undefined],
  ])('tries a submission once, and passes on %s unchanged', async (_, response: RecordedResponse) => {
    const { batch, bodies } = await world({
      describejobdefinitions: () => described(1),
      submitjob: () => response,
    });
    await expect(batch.submit(attempt)).rejects.not.toMatchObject({ name: 'BatchRefusal' });
    expect(bodies('submitjob')).toHaveLength(1);
  });

  test('finds the newest of several jobs with a name, and no job with another name', async () => {
    const { batch, bodies } = await world({
      listjobs: () => ({
        status: 200,
        body: {
          jobSummaryList: [
            { jobId: 'older', jobName: 'errand-x-1', createdAt: 1 },
            { jobId: 'newest', jobName: 'errand-x-1', createdAt: 3 },
            { jobId: 'other', jobName: 'ERRAND-X-1', createdAt: 9 },
          ],
        },
      }),
      describejobs: ({ body }) => ({
        status: 200,
        body: { jobs: [{ jobId: (body['jobs'] as string[])[0], jobName: 'errand-x-1', status: 'RUNNING' }] },
      }),
    });
    expect(await batch.find('errand-x-1')).toEqual({
      dispatcherId: 'newest',
      jobName: 'errand-x-1',
      status: 'RUNNING',
    });
    expect(bodies('listjobs')).toEqual([
      { jobQueue: 'errand-queue', filters: [{ name: 'JOB_NAME', values: ['errand-x-1'] }] },
    ]);
  });

  test('reports no start for a job that never started', async () => {
    const job = { jobId: 'b-1', jobName: 'errand-x-1', status: 'FAILED', startedAt: 0, stoppedAt: 5 };
    const { batch } = await world({ describejobs: () => ({ status: 200, body: { jobs: [job] } }) });
    expect(await batch.describe('b-1')).toEqual({
      dispatcherId: 'b-1',
      jobName: 'errand-x-1',
      status: 'FAILED',
      stoppedAt: 5,
    });
  });

  test.each([
    [{ logStreamName: 'x/default/1' }, { group: '/aws/batch/job', stream: 'x/default/1' }],
    [
      {
        logStreamName: 'x/default/1',
        logConfiguration: { logDriver: 'awslogs', options: { 'awslogs-group': '/own' } },
      },
      { group: '/own', stream: 'x/default/1' },
    ],
    [{ logConfiguration: { logDriver: 'awslogs', options: { 'awslogs-group': '/own' } } }, undefined],
  ])('reports the log of a container once it has a stream: %j', async (container, log) => {
    const job = { jobId: 'b-1', jobName: 'errand-x-1', status: 'RUNNING', container };
    const { batch } = await world({ describejobs: () => ({ status: 200, body: { jobs: [job] } }) });
    expect((await batch.describe('b-1'))?.log).toEqual(log);
  });

  test('returns nothing for a job that Batch does not know', async () => {
    const { batch } = await world({});
    expect(await batch.describe('b-1')).toBeUndefined();
    expect(await batch.find('errand-x-1')).toBeUndefined();
  });

  test('spaces the submissions of a process', async () => {
    const { client } = await world({ submitjob: () => submitted });
    const batch = batchDispatcher({ client, jobQueue: 'errand-queue', submissionIntervalMs: 40 });
    const one = { ...attempt, jobDefinition: 'errand-job-x:1' };
    const before = performance.now();
    await Promise.all([batch.submit(one), batch.submit(one), batch.submit(one)]);
    expect(performance.now() - before).toBeGreaterThanOrEqual(79);
  });
});
