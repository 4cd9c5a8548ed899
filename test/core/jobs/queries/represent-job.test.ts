import { describe, expect, test } from 'vitest';
import { isTerminal } from '../../../../core/contract/job-state.ts';
import { jobReceipt, jobRepresentation, jobSummary } from '../../../../core/contract/schemas/job-schemas.ts';
import type { Job, StoredJson } from '../../../../core/jobs/model/job.ts';
import {
  formatTime,
  receiptOfJob,
  representJob,
  summarizeJob,
} from '../../../../core/jobs/queries/represent-job.ts';
import { storeJson } from '../../../../core/jobs/records/stored-json.ts';
import { executingJob } from '../../../support/jobs/executing-job.ts';
import { jobIdAt } from '../../../support/jobs/job-id.ts';
import { aJob, endedJob, someTime } from '../../../support/jobs/jobs.ts';
import { memoryObjectStore } from '../../../support/memory/memory-object-store.ts';

const baseUrl = 'https://api.test/prod';
const failure = { code: 'lost', detail: 'gone', retryable: true, attempt: 2 } as const;
const result: StoredJson = { kind: 'inline', json: '{"rows":7}' };

const samples: readonly (readonly [string, Job])[] = [
  ['pending', aJob()],
  ['executing', executingJob()],
  ['retrying', executingJob({ status: 'retrying', nextAttemptAt: someTime + 9000 })],
  ['succeeded', endedJob('succeeded', { result })],
  ['failed', endedJob('failed', { failure: { ...failure, code: 'service-failed' } })],
  ['error', endedJob('error', { failure })],
  ['aborted', endedJob('aborted', { failure: { ...failure, code: 'aborted', retryable: false } })],
];

const textOf = (bytes: number) => JSON.stringify('x'.repeat(bytes - 2));

async function represent(job: Job, objects = memoryObjectStore()) {
  return representJob({ objects }, job, baseUrl);
}

describe('representJob', () => {
  test.each(samples)('represents a job that is %s in the form of the contract', async (_, job) => {
    expect(jobRepresentation.parse(await represent(job))).toEqual(await represent(job));
    expect(jobSummary.parse(summarizeJob(job, baseUrl))).toEqual(summarizeJob(job, baseUrl));
  });

  test('describes the job', async () => {
    const job = endedJob('error', { failure, tags: ['a'], metadata: { ticket: 7 }, attempt: 2 });
    expect(await represent(job)).toEqual({
      id: job.id,
      urn: `urn:errand:job:${job.id}`,
      name: 'echo',
      status: 'error',
      service: { name: 'echo', version: '1.0.0' },
      tags: ['a'],
      metadata: { ticket: 7 },
      parameters: {},
      requestedAt: '2026-11-21T09:30:15.125Z',
      finishedAt: '2026-11-21T09:30:15.130Z',
      updatedAt: '2026-11-21T09:30:15.130Z',
      attempt: 2,
      maxAttempts: 3,
      priority: 0,
      owner: 'local',
      version: 2,
      traceparent: job.traceparent,
      error: {
        type: 'https://errand.dev/problems/lost',
        title: 'The attempt was lost',
        detail: 'gone',
        code: 'lost',
        retryable: true,
        attempt: 2,
      },
      actions: [
        {
          name: 'edit',
          allowed: false,
          reason: 'Only name, tags and metadata can be edited: the job is error',
        },
        { name: 'start', allowed: false, reason: 'The job has ended as error' },
        { name: 'abort', allowed: false, reason: 'The job has ended as error' },
        { name: 'rerun', allowed: true },
        { name: 'delete', allowed: true },
      ],
      links: {
        self: `${baseUrl}/v1/jobs/${job.id}`,
        result: `${baseUrl}/v1/jobs/${job.id}/result`,
        request: `${baseUrl}/v1/jobs/${job.id}/request`,
        events: `${baseUrl}/v1/jobs/${job.id}/events`,
        attempts: `${baseUrl}/v1/jobs/${job.id}/attempts`,
        service: `${baseUrl}/v1/services/echo/versions/1.0.0`,
      },
    });
  });

  test('describes in an abort what was stopped, and omits what was not', async () => {
    for (const stopped of ['terminated', 'fenced'] as const) {
      const abort = { requestedAt: someTime, by: 'key-1', stopped, childrenAborted: 0 } as const;
      const shown = await represent(endedJob('aborted', { abort, dispatcherId: 'batch-1' }));
      expect(shown.abort?.dispatcherId).toBe(stopped === 'terminated' ? 'batch-1' : undefined);
    }
  });

  test('names who aborted it, the job that it reruns, and its latest rerun', async () => {
    const abort = { requestedAt: someTime, by: 'key-1', stopped: 'fenced', childrenAborted: 0 } as const;
    const rerunOf = jobIdAt(someTime - 1);
    const rerunAs = jobIdAt(someTime + 1);
    const shown = await represent(endedJob('aborted', { abort, rerunOf, rerunAs }));
    expect(jobRepresentation.parse(shown)).toEqual(shown);
    expect(shown).toMatchObject({
      abort: { ...abort, requestedAt: '2026-11-21T09:30:15.125Z' },
      rerunOf,
      rerunAs,
      links: { rerunOf: `${baseUrl}/v1/jobs/${rerunOf}`, rerunAs: `${baseUrl}/v1/jobs/${rerunAs}` },
    });
  });

  test.each([4096, 4097, 32_768])('shows parameters and results of %i bytes', async (bytes) => {
    const objects = memoryObjectStore();
    const location = { tenant: 'local', jobId: 'j' };
    const parameters = await storeJson(objects, { ...location, role: 'parameters' }, textOf(bytes));
    const stored = await storeJson(objects, { ...location, role: 'result' }, textOf(bytes));
    const shown = await represent(endedJob('succeeded', { parameters, result: stored }), objects);
    expect([shown.parameters, shown.result]).toEqual(Array(2).fill('x'.repeat(bytes - 2)));
  });

  test('omits values larger than 32,768 bytes, without reading them', async () => {
    const large: StoredJson = { kind: 'object', key: 'not there', sizeBytes: 32_769 };
    const shown = await represent(endedJob('succeeded', { parameters: large, result: large }));
    expect(shown).not.toHaveProperty('parameters');
    expect(shown).not.toHaveProperty('result');
    expect(shown).toMatchObject({
      resultMediaType: 'application/json',
      links: { result: expect.any(String) },
    });
  });

  test('names the media type of a result that is not plain JSON, and does not read it', async () => {
    const result = { kind: 'object', key: 'not there', sizeBytes: 8, mediaType: 'text/csv' } as const;
    const shown = await represent(endedJob('succeeded', { result }));
    expect(shown).not.toHaveProperty('result');
    expect(shown.resultMediaType).toBe('text/csv');
  });

  test('shows null as the result of a service that returned none, and no result of any other job', async () => {
    expect((await represent(endedJob('succeeded'))).result).toBeNull();
    for (const [status, job] of samples.filter(([name]) => name !== 'succeeded')) {
      expect(await represent(job), status).not.toHaveProperty('result');
    }
  });

  test('links to a result if and only if the job has ended', async () => {
    for (const [, job] of samples) {
      expect(Object.hasOwn((await represent(job)).links, 'result')).toBe(isTerminal(job.status));
    }
  });

  test('encodes the version as one segment of the URL of the service', () => {
    const job = aJob({ service: { name: 'echo', version: '1.0.0-rc.1' } });
    expect(summarizeJob(job, baseUrl).links['service']).toBe(
      `${baseUrl}/v1/services/echo/versions/1.0.0-rc.1`,
    );
  });
});

describe('summarizeJob', () => {
  const errorOf = (detail: string) =>
    summarizeJob(endedJob('error', { failure: { ...failure, detail } }), baseUrl).error;

  test('shows of an error only its code and its detail', () => {
    expect(errorOf('gone')).toEqual({ code: 'lost', detail: 'gone' });
    expect(summarizeJob(endedJob('succeeded'), baseUrl)).not.toHaveProperty('error');
  });

  test.each([
    ['a text of 300 characters', 'x'.repeat(300), 'x'.repeat(300)],
    ['a longer text', 'x'.repeat(301), 'x'.repeat(300)],
    ['characters of two code units', '😀'.repeat(301), '😀'.repeat(300)],
    ['a character of two code units at the end', `${'x'.repeat(299)}😀y`, `${'x'.repeat(299)}😀`],
    ['a character of two code units after the end', `${'x'.repeat(300)}😀`, 'x'.repeat(300)],
    ['a lone surrogate', 'x\ud83d', 'x\ufffd'],
    ['a text that is empty', '', ''],
  ])('shows the first 300 code points of the detail: %s', (_, detail, shown) => {
    expect(errorOf(detail)?.detail).toBe(shown);
  });

  test('shows what the current attempt reported, and how the job is related to its reruns', () => {
    const progress = { stepsTotal: 4, stepsCompleted: 1, completion: 0.25, message: 'reading' };
    const [rerunOf, rerunAs] = [jobIdAt(someTime - 1), jobIdAt(someTime + 1)];
    const shown = summarizeJob(executingJob({ progress, rerunOf, rerunAs }), baseUrl);
    expect(shown).toMatchObject({ progress, attempt: 1, rerunOf, rerunAs });
    expect(shown.links).toMatchObject({
      rerunOf: `${baseUrl}/v1/jobs/${rerunOf}`,
      rerunAs: `${baseUrl}/v1/jobs/${rerunAs}`,
    });
  });
});

describe('formatTime', () => {
  test('always includes milliseconds', () => {
    expect(formatTime(Date.UTC(2026, 0, 1))).toBe('2026-01-01T00:00:00.000Z');
  });
});

describe('a receipt', () => {
  test.each(samples)(
    'of a job that is %s matches the contract, and contains none of the content of the job',
    (_, job) => {
      const content = {
        name: 'secret',
        tags: ['secret'],
        metadata: { secret: 1 },
        owner: 'secret',
        parentId: 'secret',
        rerunOf: 'secret',
        rerunAs: 'secret',
        failure: { ...failure, detail: 'secret' },
      };
      const receipt = receiptOfJob(
        { ...job, ...content, service: { name: 'secret', version: '1.0.0' } },
        baseUrl,
      );
      expect(jobReceipt.parse(receipt)).toEqual(receipt);
      expect(receipt).toMatchObject({ id: job.id, status: job.status, updatedAt: formatTime(job.updatedAt) });
      expect(JSON.stringify(receipt)).not.toContain('secret');
    },
  );
});
