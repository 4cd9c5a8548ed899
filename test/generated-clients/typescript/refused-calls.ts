/**
 * Calls that must not compile. It is never run. openapi-fetch infers the type of a call, so that TypeScript finds a member too many only
 * where the type of the body is stated, here with `satisfies`.
 */
import createClient from 'openapi-fetch';
import type { components, paths } from './errand.ts';

type Schemas = components['schemas'];
type Submission = Schemas['Submission'];
type JobEdit = Schemas['JobEdit'];
type RerunRequest = Schemas['RerunRequest'];

const client = createClient<paths>({ baseUrl: 'https://api.example.com' });
const path = { id: 'any', name: 'any', version: '1.0.0' };

export async function refusedCalls(): Promise<void> {
  // @ts-expect-error a body is an object
  await client.POST('/v1/jobs', { body: 42 });
  // @ts-expect-error a submission has no such member
  await client.POST('/v1/jobs', { body: { service: 'echo', parameter: {} } satisfies Submission });
  // @ts-expect-error the name of a selector is required
  await client.POST('/v1/jobs', { body: { service: { version: '1.0.0' } } });
  // @ts-expect-error a priority is a number
  await client.POST('/v1/jobs', { body: { service: 'echo', priority: 'high' } });
  // @ts-expect-error there is no such failure code
  await client.POST('/v1/jobs', { body: { service: 'echo', retry: { retryOn: ['tired'] } } });
  // @ts-expect-error a boolean is no text
  await client.POST('/v1/jobs', { params: { query: { validateOnly: 'yes' } }, body: { service: 'echo' } });
  // @ts-expect-error a limit is a number
  await client.GET('/v1/jobs', { params: { query: { limit: '10' } } });
  // @ts-expect-error there is no such order
  await client.GET('/v1/jobs', { params: { query: { order: 'newest' } } });
  // @ts-expect-error there is no such path
  await client.GET('/v1/job');
  // @ts-expect-error an edit has no such member
  await client.PATCH('/v1/jobs/{id}', { params: { path }, body: { state: 'ready' } satisfies JobEdit });
  const changes = { reuse: { maxAgeSeconds: 1 } };
  // @ts-expect-error a rerun has no such member
  const rerun: RerunRequest = changes;
  await client.POST('/v1/jobs/{id}/rerun', { params: { path }, body: rerun });
  // @ts-expect-error there is no such action
  await client.POST('/v1/jobs/actions', { body: { action: 'pause', ids: ['any'] } });
  // @ts-expect-error the tags are not part of an abort
  await client.POST('/v1/jobs/actions', { body: { action: 'abort', ids: [], changes: { addTags: [] } } });
  // @ts-expect-error only a draft may lack a service
  await client.POST('/v1/jobs', { body: { parameters: {} } });
  // @ts-expect-error a batch has jobs or a template
  await client.POST('/v1/jobs/batch', { body: { submissions: [] } });
  // @ts-expect-error there is no such state
  await client.POST('/v1/webhooks', { body: { url: 'https://hooks.example.com', states: ['done'] } });
}

export const refusedDefinitions: readonly Schemas['ServiceDefinition'][] = [
  // @ts-expect-error there is no such dispatcher
  { parameters: {}, dispatcher: { kind: 'fargate', functionName: 'echo' } },
  // @ts-expect-error a Lambda function has a name
  { parameters: {}, dispatcher: { kind: 'lambda', jobDefinition: 'echo' } },
  // @ts-expect-error a service has parameters
  { dispatcher: { kind: 'lambda', functionName: 'echo' } },
];

export async function refusedReads(): Promise<void> {
  const { data } = await client.GET('/v1/jobs/{id}', { params: { path } });
  // @ts-expect-error a job has no such member
  data?.state;
  // @ts-expect-error there is no such state
  if (data?.status === 'done') return;
  // @ts-expect-error a time is a text
  data?.requestedAt.getTime();
}
