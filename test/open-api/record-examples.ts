/*
`npm run openapi:examples`: makes one request of every operation to a local service, and writes the bodies of the requests and
responses to bin/open-api/examples.json, from which the OpenAPI document takes its examples. IDs, times, URLs and secrets are replaced
by fixed ones, so that a second run changes little unless the API has changed. Run `npm run openapi` afterwards.
*/
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type OperationId, routes } from '../../core/contract/routes/routes.ts';
import { until } from '../../local/test/fixture/until.ts';
import { startChangedErrand } from '../support/local-service/changed-errand.ts';
import { endedJob, submitJob } from '../support/local-service/ended-job.ts';
import type { ApiResponse, Call } from '../support/local-service/local-errand.ts';
import { pausedFunctionName, startPausedService } from '../support/local-service/paused-service.ts';
import { withFixedValues } from './fixed-values.ts';

type Recorded = { request?: unknown; readonly responses: Record<string, Record<string, unknown>> };

const file = join(import.meta.dirname, '../../bin/open-api/examples.json');
const picture = Buffer.from('not really a picture');

const recorded: Partial<Record<OperationId, Recorded>> = {};
const paused = await startPausedService();
const errand = await startChangedErrand([paused.change]);

/** Makes a request and records it; of several requests of an operation, the first body is kept. */
async function record(operationId: OperationId, path: string, call: Call = {}): Promise<ApiResponse> {
  const response = await errand.call(path, call);
  if (response.status >= 400)
    throw new Error(`${operationId}: ${response.status} ${JSON.stringify(response.body)}`);
  const own = recorded[operationId] ?? { responses: {} };
  recorded[operationId] = own;
  if (call.body !== undefined) own.request ??= call.body;
  if (response.body === '') return response;
  const mediaType = response.headers.get('content-type') ?? '';
  own.responses[response.status] = { ...own.responses[response.status], [mediaType]: response.body };
  return response;
}

async function recordAll(): Promise<void> {
  await record('getHealth', '/v1/health');
  await record('getMe', '/v1/me');
  recordByHand();
  await recordServices();
  const { photo } = await recordData();
  const { job, draft } = await recordSubmissions(photo);
  await recordWorker(job);
  await recordJob(job, photo);
  await recordLists();
  await recordOperations(job);
  await recordWebhooks();
  await record('listEvents', '/v1/events?service=thumbnails&limit=2');
  await record('redriveEvents', '/v1/admin/redrive', { body: { limit: 100, dryRun: true } });
  await record('deleteJob', `/v1/jobs/${draft}?dryRun=true`, { method: 'DELETE' });
  await record('deleteData', `/v1/data/${photo}?dryRun=true`, { method: 'DELETE' });
}

/** A problem with the place of its error. */
async function problemExample(): Promise<unknown> {
  const body = { service: 'thumbnails', parameters: { width: 'wide' } };
  return (await errand.call('/v1/jobs', { body })).body;
}

/** What a local service cannot show: only attempts on AWS Batch have logs here, and the document does not contain itself. */
function recordByHand(): void {
  const lines = [
    { at: new Date().toISOString(), message: 'Reading picture.png' },
    { at: new Date(Date.now() + 1).toISOString(), message: 'Wrote thumbnail.png' },
  ];
  recorded.getLogs = { responses: { 200: { 'application/json': { items: lines } } } };
  const document = { openapi: '3.1.1', info: { title: 'Errand', version: '1.0.0' }, paths: {} };
  recorded.getOpenApi = { responses: { 200: { 'application/json': document } } };
}

const definition = {
  title: 'Thumbnails of pictures',
  description: 'Makes a smaller copy of each picture.',
  tags: ['pictures'],
  parameters: {
    type: 'object',
    properties: { width: { type: 'integer', minimum: 1, default: 200 } },
    additionalProperties: false,
  },
  inputs: { picture: { mediaTypes: ['image/*'] } },
  outputs: {
    thumbnail: { mediaTypes: ['image/*'] },
    preview: { mediaTypes: ['image/*'], required: false },
  },
  dispatcher: { kind: 'lambda', functionName: pausedFunctionName },
  retry: { maxAttempts: 3 },
};

async function recordServices(): Promise<void> {
  const path = '/v1/services/thumbnails';
  const put = { method: 'PUT', body: definition };
  await record('registerService', `${path}/versions/1.0.0`, put);
  await errand.call(`${path}/versions/0.9.0`, put);
  await record('deprecateService', `${path}/versions/0.9.0/deprecate`, {
    body: { reason: 'Use version 1.' },
  });
  await record('getService', path);
  await record('getServiceVersion', `${path}/versions/1.0.0`);
  await record('deleteService', `${path}/versions/0.9.0`, { method: 'DELETE' });
  await record('listServices', '/v1/services?name=thumbnails');
}

async function put(url: string, headers: Record<string, string>, content: Buffer): Promise<void> {
  const response = await fetch(url, { method: 'PUT', headers, body: content });
  if (!response.ok) throw new Error(`The upload failed with ${response.status}`);
}

async function recordData(): Promise<{ readonly photo: string }> {
  const { body } = await record('createData', '/v1/data', {
    body: { name: 'photo.png', mediaType: 'image/png', sizeBytes: picture.length, tags: ['november'] },
  });
  await put(body.upload.url, body.upload.headers, picture);
  await record('completeUpload', `/v1/data/${body.id}/complete`, { body: {} });
  await record('getData', `/v1/data/${body.id}`);
  await record('editData', `/v1/data/${body.id}`, { method: 'PATCH', body: { name: 'picture.png' } });
  await record('getContent', `/v1/data/${body.id}/content?redirect=false`);
  const large = await errand.call('/v1/data', { body: { name: 'video.mp4', sizeBytes: 6_000_000_000 } });
  await record('listParts', `/v1/data/${large.body.id}/parts?limit=2`);
  await record('listData', '/v1/data?tag=november');
  return { photo: body.id };
}

async function recordSubmissions(photo: string): Promise<{ readonly job: string; readonly draft: string }> {
  const submission = {
    service: 'thumbnails@^1',
    name: 'photo of the week',
    group: 'november',
    tags: ['weekly'],
    parameters: { width: 320 },
    inputs: { picture: [photo] },
  };
  const { body } = await record('submitJob', '/v1/jobs', { body: submission });
  await record('submitJob', '/v1/jobs?validateOnly=true', { body: submission });
  await record('submitJob', '/v1/jobs', {
    body: { service: 'echo', parameters: { greeting: 'hello' } },
    headers: { prefer: 'wait=20' },
  });
  const draft = await record('submitJob', '/v1/jobs', { body: { service: 'echo', start: false } });
  const slots = await errand.call('/v1/jobs', { body: { service: 'thumbnails', start: false } });
  await record('setInput', `/v1/jobs/${slots.body.id}/inputs/picture`, {
    method: 'PUT',
    body: { data: [photo] },
  });
  await record('removeInput', `/v1/jobs/${slots.body.id}/inputs/picture`, { method: 'DELETE' });
  await record('editJob', `/v1/jobs/${draft.body.id}`, {
    method: 'PATCH',
    body: { tags: ['weekly'], parameters: { a: 1 } },
  });
  await record('startJob', `/v1/jobs/${draft.body.id}/start`, { body: {} });
  await record('submitJobs', '/v1/jobs/batch', {
    body: { jobs: [{ service: 'echo', parameters: { a: 1 } }, { service: 'ecko' }], group: 'november' },
  });
  return { job: body.id, draft: slots.body.id };
}

/** Takes the part of the code of a service. */
async function recordWorker(job: string): Promise<void> {
  const { worker, finish } = await paused.invocation(job);
  const asWorker = { withKey: false, headers: { authorization: `Bearer ${worker.token}` } };
  const path = `/v1/worker/jobs/${job}`;
  const report = (id: OperationId, end: string, body?: object) =>
    record(id, `${path}/${end}`, { ...asWorker, ...(body === undefined ? {} : { body }) });
  await report('getWorkerParameters', 'parameters');
  await report('getWorkerInputs', 'inputs');
  await report('reportHeartbeat', 'heartbeat', {});
  await report('reportProgress', 'progress', {
    stepsTotal: 4,
    stepsCompleted: 1,
    message: 'Read the picture',
  });
  const { body } = await report('createOutput', 'outputs/thumbnail', {
    name: 'thumbnail.png',
    mediaType: 'image/png',
    sizeBytes: picture.length,
  });
  await put(body.upload.url, body.upload.headers, picture);
  await report('completeOutput', `outputs/thumbnail/${body.id}/complete`, {});
  const large = await errand.call(`${path}/outputs/preview`, {
    ...asWorker,
    body: { name: 'large.png', mediaType: 'image/png' },
  });
  await report('listOutputParts', `outputs/preview/${large.body.id}/parts?limit=2`);
  await report('submitChild', 'children', { service: 'echo', parameters: { a: 1 } });
  await report('requestResultUpload', 'result-upload', {
    mediaType: 'application/pdf',
    sizeBytes: 1_500_000,
  });
  await report('completeAttempt', 'complete', { result: { width: 320, height: 213 } });
  finish({});
  const failing = await submitJob(errand, { service: 'thumbnails', inputs: { picture: [body.id] } });
  const other = await paused.invocation(failing.id);
  const token = { withKey: false, headers: { authorization: `Bearer ${other.worker.token}` } };
  await record('failAttempt', `/v1/worker/jobs/${failing.id}/fail`, {
    ...token,
    body: { message: 'The picture has an unknown format', type: 'unknown-format' },
  });
  other.finish({});
}

async function recordJob(job: string, photo: string): Promise<void> {
  await endedJob(errand, job);
  const path = `/v1/jobs/${job}`;
  await record('getJob', path);
  await record('getResult', `${path}/result`);
  await record('getRequest', `${path}/request`);
  await record('getEvents', `${path}/events?limit=2`);
  await record('getAttempts', `${path}/attempts`);
  await record('listChildren', `${path}/children`);
  await record('listOutputs', `${path}/outputs`);
  await record('getOutput', `${path}/outputs/thumbnail?redirect=false`);
  const linked = { headers: { accept: 'application/ld+json' } };
  await record('getJobLineage', `${path}/lineage?depth=1`);
  await record('getJobLineage', `${path}/lineage?depth=1`, linked);
  await record('getDataLineage', `/v1/data/${photo}/lineage?depth=1`);
  const { body } = await record('rerunJob', `${path}/rerun`, { body: { parameters: { width: 640 } } });
  await paused.invocation(body.id);
  await record('abortJob', `/v1/jobs/${body.id}/abort`, { body: { reason: 'Submitted by mistake' } });
}

async function recordLists(): Promise<void> {
  await until('the group is counted', async () => (await errand.call('/v1/groups/november')).status === 200);
  await record('listJobs', '/v1/jobs?group=november&order=asc&limit=2');
  await record('getJobStats', '/v1/jobs/stats?group=november');
  await record('listGroups', '/v1/groups');
  await record('getGroup', '/v1/groups/november');
}

async function recordOperations(job: string): Promise<void> {
  const tagging = { action: 'tag', filter: { group: 'november' }, changes: { addTags: ['reviewed'] } };
  const { body } = await record('actOnJobs', '/v1/jobs/actions', { body: tagging });
  await record('actOnJobs', '/v1/jobs/actions', {
    body: { ...tagging, filter: { id: [job] }, dryRun: true },
  });
  await record('getOperation', `/v1/operations/${body.id}`, { headers: { prefer: 'wait=20' } });
  const refused = await errand.call('/v1/jobs/actions', { body: { action: 'abort', ids: [job] } });
  await errand.call(`/v1/operations/${refused.body.id}`, { headers: { prefer: 'wait=20' } });
  await record('listRefusals', `/v1/operations/${refused.body.id}/refusals`);
  await record('listOperations', '/v1/operations');
  const elements = Array.from({ length: 2_000 }, (_, index) => ({ parameters: { index } }));
  const many = await errand.call('/v1/jobs/batch', {
    body: { template: { service: 'echo' }, over: elements },
  });
  await record('abortOperation', `/v1/operations/${many.body.id}/abort`, {
    body: { reason: 'Wrong elements' },
  });
}

async function recordWebhooks(): Promise<void> {
  const { body } = await record('createWebhook', '/v1/webhooks', {
    body: { url: 'https://hooks.example.com/errand', states: ['failed', 'error'], services: ['thumbnails'] },
  });
  const path = `/v1/webhooks/${body.id}`;
  await record('listWebhooks', '/v1/webhooks');
  await record('getWebhook', path);
  await record('editWebhook', path, { method: 'PATCH', body: { tags: ['weekly'] } });
  await record('rotateSecret', `${path}/rotate`, { body: {} });
  const test = await record('testWebhook', `${path}/test`, { body: {} });
  await until('the test was attempted', async () => {
    const { items } = (await errand.call(`${path}/deliveries`)).body;
    return items.some(({ attempts }: { readonly attempts: readonly unknown[] }) => attempts.length > 0);
  });
  await record('listDeliveries', `${path}/deliveries`);
  await record('redeliver', `${path}/deliveries/${test.body.id}/redeliver`, { body: {} });
  await record('redeliverSince', `${path}/redeliver`, {
    body: { since: '2026-11-21T00:00:00Z', include: 'failed' },
  });
  await record('deleteWebhook', path, { method: 'DELETE' });
}

try {
  await recordAll();
  const problem = await problemExample();
  const unrecorded = routes.map(({ operationId }) => operationId).filter((id) => !(id in recorded));
  if (unrecorded.length > 0) throw new Error(`Not recorded: ${unrecorded.join(', ')}`);
  const operations = Object.fromEntries(
    routes.map(({ operationId }) => [operationId, recorded[operationId]]),
  );
  const examples = withFixedValues({ problem, operations }, errand.url);
  writeFileSync(
    file,
    `${JSON.stringify(examples, null, 2).replaceAll(pausedFunctionName, 'errand-service-thumbnails')}\n`,
  );
} finally {
  await errand.end();
  await paused.stop();
}
