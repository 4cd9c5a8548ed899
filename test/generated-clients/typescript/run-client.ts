/**
 * What a user writes with openapi-typescript and openapi-fetch. It runs against the service of the environment and ends with an error
 * at the first unexpected response.
 */
import createClient from 'openapi-fetch';
import type { components, paths } from './errand.ts';

type Schemas = components['schemas'];

declare const process: { readonly env: Readonly<Record<string, string | undefined>> };

const { ERRAND_URL: baseUrl = '', ERRAND_API_KEY: apiKey = '' } = process.env;
const client = createClient<paths>({ baseUrl, headers: { 'x-api-key': apiKey } });

/** The body of a response, or an error with the problem. */
function bodyOf<Body>({ data, error }: { data?: Body; error?: Schemas['Problem'] }): Body {
  if (data === undefined) throw new Error(`${error?.type}: ${error?.detail}`);
  return data;
}

function expectEqual<Value>(actual: Value, expected: Value): void {
  if (JSON.stringify(actual) !== JSON.stringify(expected))
    throw new Error(`Expected ${JSON.stringify(expected)}, found ${JSON.stringify(actual)}`);
}

const definition: Schemas['ServiceDefinition'] = {
  title: 'Echo of a greeting',
  parameters: {
    type: 'object',
    properties: { greeting: { type: 'string' } },
    required: ['greeting'],
  },
  inputs: { table: { mediaTypes: ['text/csv'], required: false } },
  dispatcher: { kind: 'lambda', functionName: 'errand-service-echo' },
  retry: { maxAttempts: 2, retryOn: ['timeout', 'lost'] },
};

async function registerService(): Promise<void> {
  const params = { path: { name: 'greetings', version: '1.0.0' } };
  const registered = bodyOf(
    await client.PUT('/v1/services/{name}/versions/{version}', { params, body: definition }),
  );
  expectEqual(registered.status, 'active');
  const service = bodyOf(await client.GET('/v1/services/{name}/versions/{version}', { params }));
  // The discriminator narrows the alternatives.
  if (service.dispatcher.kind === 'lambda')
    expectEqual(service.dispatcher.functionName, 'errand-service-echo');
  expectEqual(service.retry?.maxAttempts, 2);
}

async function uploadData(): Promise<string> {
  const body: Schemas['NewData'] = { name: 'table.csv', mediaType: 'text/csv', sizeBytes: 4 };
  const data = bodyOf(await client.POST('/v1/data', { body }));
  const { upload } = data;
  if (upload === undefined || !('url' in upload)) throw new Error('Expected an upload with one PUT');
  const response = await fetch(upload.url, { method: upload.method, headers: upload.headers, body: 'a,b\n' });
  expectEqual(response.ok, true);
  const path = { id: data.id };
  const completed = bodyOf(await client.POST('/v1/data/{id}/complete', { params: { path }, body: {} }));
  expectEqual(completed.status, 'available');
  const content = await client.GET('/v1/data/{id}/content', { params: { path, query: { redirect: false } } });
  expectEqual(await (await fetch(bodyOf(content).url)).text(), 'a,b\n');
  return data.id;
}

async function submitJob(dataId: string): Promise<string> {
  const body: Schemas['Submission'] = {
    service: { name: 'greetings', version: '^1' },
    parameters: { greeting: 'hello' },
    inputs: { table: [dataId] },
    group: 'november',
    tags: ['typed'],
    metadata: { order: 17 },
  };
  const header = { Prefer: 'wait=20', 'Idempotency-Key': 'typed-1' };
  const submitted = bodyOf(await client.POST('/v1/jobs', { params: { header }, body }));
  const status: Schemas['JobStatus'] = submitted.status;
  expectEqual(status, 'succeeded');
  const validation = await client.POST('/v1/jobs', { params: { query: { validateOnly: true } }, body });
  expectEqual(validation.response.status, 204);
  const job = bodyOf(await client.GET('/v1/jobs/{id}', { params: { path: { id: submitted.id } } }));
  const { name, attempt, actions } = job;
  expectEqual([name, attempt, actions.length > 0], ['greetings', 1, true]);
  expectEqual(job.result, { greeting: 'hello' });
  return job.id;
}

async function listJobs(jobId: string): Promise<void> {
  const query = { group: 'november', order: 'asc', limit: 10, createdAfter: '2020-01-01T00:00:00Z' } as const;
  const page = bodyOf(await client.GET('/v1/jobs', { params: { query } }));
  expectEqual(
    page.items.map(({ id, service }) => [id, service?.version]),
    [[jobId, '1.0.0']],
  );
  const missing = await client.GET('/v1/jobs/{id}', {
    params: { path: { id: '01a1fdfa-4600-7000-8000-000000000001' } },
  });
  expectEqual(missing.error?.status, 404);
}

async function submitMany(): Promise<void> {
  const jobs: Schemas['Submission'][] = [
    { service: 'greetings', parameters: { greeting: 'hi' } },
    { service: 'none' },
  ];
  const response = bodyOf(await client.POST('/v1/jobs/batch', { body: { jobs } }));
  if (!('items' in response)) throw new Error('Expected the outcomes of the submissions');
  const [first, second] = response.items;
  expectEqual([first?.job?.status, second?.problem?.status], ['pending', 404]);
}

async function actOnJobs(): Promise<void> {
  const body: Schemas['TagJobs'] = {
    action: 'tag',
    filter: { group: 'november', status: ['succeeded'] },
    changes: { addTags: ['seen'] },
    dryRun: true,
  };
  const preview = bodyOf(await client.POST('/v1/jobs/actions', { body }));
  if (!('sample' in preview)) throw new Error('Expected a preview');
  expectEqual([preview.matched, preview.complete], [1, true]);
}

async function manageWebhook(): Promise<void> {
  const body: Schemas['NewWebhook'] = {
    url: 'https://hooks.example.com/errand',
    states: ['failed', 'error'],
  };
  const { id, secret } = bodyOf(await client.POST('/v1/webhooks', { body }));
  expectEqual(secret.startsWith('whsec_'), true);
  const path = { id };
  const edited = bodyOf(
    await client.PATCH('/v1/webhooks/{id}', { params: { path }, body: { status: 'disabled' } }),
  );
  expectEqual(edited.status, 'disabled');
  expectEqual((await client.DELETE('/v1/webhooks/{id}', { params: { path } })).response.status, 204);
}

await registerService();
const jobId = await submitJob(await uploadData());
await listJobs(jobId);
await submitMany();
await actOnJobs();
await manageWebhook();
const events = bodyOf(await client.GET('/v1/events', { params: { query: { jobId, limit: 100 } } }));
if (typeof events === 'string') throw new Error('Expected a page, not a stream');
expectEqual(events.items.at(-1)?.data.status, 'succeeded');
