import { afterAll, beforeAll, expect, test } from 'vitest';
import { lineageTree } from '../../../bin/demo/lineage-tree.ts';
import { startChangedErrand } from '../../support/local-service/changed-errand.ts';
import { endedJob, type JobBody, submitJob } from '../../support/local-service/ended-job.ts';
import { expectDocumented } from '../../support/local-service/expect-documented.ts';
import type { TestErrand } from '../../support/local-service/local-errand.ts';
import {
  type PausedInvocation,
  type PausedService,
  pausedFunctionName,
  startPausedService,
} from '../../support/local-service/paused-service.ts';
import { uploadedData } from './uploaded-data.ts';

let paused: PausedService;
let errand: TestErrand;

beforeAll(async () => {
  paused = await startPausedService();
  errand = await startChangedErrand([paused.change]);
  const body = {
    parameters: {},
    dispatcher: { kind: 'lambda', functionName: pausedFunctionName },
    inputs: { table: {} },
    outputs: { result: {} },
  };
  const response = await errand.call('/v1/services/convert/versions/1.2.3', { method: 'PUT', body });
  expect(response.status).toBe(201);
}, 120_000);
afterAll(async () => {
  await errand?.end();
  await paused?.stop();
});

const call: TestErrand['call'] = (path, options) => errand.call(path, options);

/** Writes an output with the worker's routes; returns the ID of the data object. */
async function writeOutput({ worker }: PausedInvocation, name: string): Promise<string> {
  const post = async (path: string, body: object) => {
    const headers = { authorization: `Bearer ${worker.token}`, 'content-type': 'application/json' };
    const response = await fetch(`${worker.url}${path}`, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    });
    expect(response.status, await response.clone().text()).toBe(200);
    return (await response.json()) as JobBody;
  };
  const { id, upload } = await post('/outputs/result', { name, mediaType: 'text/csv', sizeBytes: 3 });
  const stored = await fetch(upload.url, { method: 'PUT', headers: upload.headers, body: 'abc' });
  expect(stored.status).toBe(200);
  await post(`/outputs/result/${id}/complete`, {});
  return id;
}

/** A job that reads a data object and writes another one. */
async function convert(name: string, input: string, output: string) {
  const submission = { service: 'convert', name, parameters: { into: output }, inputs: { table: [input] } };
  const { id } = await submitJob(errand, submission);
  const invocation = await paused.invocation(id);
  const written = await writeOutput(invocation, output);
  invocation.finish(null);
  const job = await endedJob(errand, id);
  expect(job.status).toBe('succeeded');
  return { job, output: written };
}

async function lineageOf(path: string, headers = {}): Promise<JobBody> {
  const response = await call(`${path}/lineage?depth=4`, { headers });
  return expectDocumented(response, path.startsWith('/v1/jobs') ? 'getJobLineage' : 'getDataLineage').body;
}

test('the lineage of an output reaches the upload from which two jobs computed it, and back', async () => {
  const { id: upload } = await uploadedData(call, Buffer.from('a,b'), { name: 'raw.csv' });
  const cleaned = await convert('clean', upload, 'clean.csv');
  const profiled = await convert('profile', cleaned.output, 'profile.csv');
  const tree = (graph: JobBody) => lineageTree(graph).split('\n');
  expect(tree(await lineageOf(`/v1/data/${profiled.output}`))).toEqual([
    'profile.csv',
    '└─ written by profile  (convert 1.2.3, succeeded, slot result)',
    '   └─ used clean.csv  (slot table)',
    '      └─ written by clean  (convert 1.2.3, succeeded, slot result)',
    '         └─ used raw.csv  (slot table)',
  ]);
  expect(tree(await lineageOf(`/v1/data/${upload}`))).toEqual([
    'raw.csv',
    '└─ used by clean  (convert 1.2.3, succeeded, slot table)',
    '   └─ wrote clean.csv  (slot result)',
    '      └─ used by profile  (convert 1.2.3, succeeded, slot table)',
    '         └─ wrote profile.csv  (slot result)',
  ]);
  expect(tree(await lineageOf(`/v1/jobs/${profiled.job.id}`)).slice(1)).toEqual([
    '├─ used clean.csv  (slot table)',
    '│  └─ written by clean  (convert 1.2.3, succeeded, slot result)',
    '│     └─ used raw.csv  (slot table)',
    '└─ wrote profile.csv  (slot result)',
  ]);

  const prov = await lineageOf(`/v1/data/${profiled.output}`, { accept: 'application/ld+json' });
  const resources = new Map<string, JobBody>(prov['@graph'].map((one: JobBody) => [one.id, one]));
  const activity = `urn:errand:job:${profiled.job.id}`;
  expect(resources.get(`urn:errand:data:${profiled.output}`)).toMatchObject({
    wasGeneratedBy: [activity, `${activity}#attempt-1`],
    qualifiedGeneration: [{ activity: `${activity}#attempt-1`, hadRole: 'urn:errand:slot:result' }],
  });
  expect(resources.get(activity)).toMatchObject({
    used: [`urn:errand:data:${cleaned.output}`, profiled.job.links.request],
    wasInformedBy: [`urn:errand:job:${cleaned.job.id}`],
    startedAtTime: profiled.job.startedAt,
    endedAtTime: profiled.job.finishedAt,
  });
  const request = await call(`/v1/jobs/${profiled.job.id}/request`);
  expect(request.body).toEqual({ into: 'profile.csv' });
});
