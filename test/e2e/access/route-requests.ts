import type { OperationId } from '../../../core/contract/routes/routes.ts';
import { omitUndefined } from '../../../core/std/omit-undefined.ts';
import type { Call } from '../../support/local-service/local-errand.ts';

/** The resources that a request may name: another tenant's, or ones that never existed. All have the same form. */
export interface Resources {
  readonly job: string;
  readonly service: string;
  readonly version: string;
  readonly tag: string;
  readonly group: string;
  readonly name: string;
  readonly idempotencyKey: string;
  /** A data object with content, and one whose content is being uploaded. */
  readonly data: string;
  readonly uploading: string;
  /** A webhook, and one of its deliveries. */
  readonly webhook: string;
  readonly delivery: string;
  /** The token of an attempt. */
  readonly token: string;
  /** An operation with refusals. */
  readonly operation: string;
  /** Cursors by the list that they continue. */
  readonly cursors: Readonly<
    Record<
      | 'jobs'
      | 'groups'
      | 'services'
      | 'versions'
      | 'events'
      | 'log'
      | 'children'
      | 'logs'
      | 'data'
      | 'operations'
      | 'refusals'
      | 'deliveries',
      string
    >
  >;
}

/** The caller's own resources, so that only the resource that a request names can be wrong. */
export interface Own {
  readonly service: string;
  readonly version: string;
  readonly endedJob: string;
  readonly draft: string;
  readonly webhook: string;
  /** A job whose attempt runs, with its token. */
  readonly running: { readonly job: string; readonly token: string };
}

export type WalkRequest = Call & { readonly path: string };

type RequestsOf = (resources: Resources, own: Own) => readonly WalkRequest[];

const dispatcher = { kind: 'lambda', functionName: 'errand-service-echo' } as const;
const definition = { parameters: {}, dispatcher };
const post = (path: string, body?: unknown, headers = {}): WalkRequest => ({
  path,
  method: 'POST',
  headers,
  ...omitUndefined({ body }),
});

/** Submissions of the caller's own service that name a resource in every possible way. */
function submissions(
  { job, service, version, tag, group, name, data, uploading }: Resources,
  own: Own,
): readonly object[] {
  return [
    { service },
    { service: `${service}@^${version}` },
    { service: { name: service, version } },
    { service: `urn:errand:service:${service}:${version}` },
    { service: { name: own.service, version } },
    { service: own.service, parentId: job },
    { service: own.service, dependsOn: [own.endedJob, job] },
    { service: own.service, dependsOn: [`urn:errand:job:${job}`], start: false },
    { service: own.service, tags: [tag], group, name },
    { service: own.service, inputs: { table: [data, uploading] } },
    { service: own.service, inputs: { table: [`urn:errand:data:${data}`] }, start: false },
  ];
}

/** A worker route, called with the caller's token for another job, and with another token for the caller's job. */
function asWorker(end: string, call: Call): RequestsOf {
  return ({ job, token }, { running }) =>
    [
      [job, running.token],
      [job, token.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'))],
      [running.job, token],
    ].map(([id, bearer]) => ({
      path: `/v1/worker/jobs/${id}/${end}`,
      ...call,
      withKey: false,
      headers: { authorization: `Bearer ${bearer}`, ...call.headers },
    }));
}

/** A webhook that matches no event. */
export const quietWebhook = { url: 'https://receiver.example/', services: ['never-registered'] };

const ofWebhook = ({ webhook }: Resources) => `/v1/webhooks/${webhook}`;

const newData = { name: 'a-file', sizeBytes: 3 };

const pathsOf = ({ data, uploading }: Resources) => [data, uploading].map((id) => `/v1/data/${id}`);

const ofVersion = (service: string, version: string) => `/v1/services/${service}/versions/${version}`;

/** Requests of every operation that name a resource in every parameter that takes a name. */
export const requestsOf: Readonly<Record<OperationId, RequestsOf>> = {
  getHealth: () => [{ path: '/v1/health' }],
  getOpenApi: () => [{ path: '/v1/openapi.json' }],
  getMe: () => [{ path: '/v1/me' }],
  listServices: ({ service, tag, cursors }) =>
    [
      '',
      `?name=${service}`,
      `?tag=${tag}`,
      `?cursor=${cursors.services}`,
      `?limit=1&cursor=${cursors.services}`,
    ].map((query) => ({ path: `/v1/services${query}` })),
  getService: ({ service, cursors }, own) => [
    { path: `/v1/services/${service}` },
    { path: `/v1/services/${service}?limit=1&cursor=${cursors.versions}` },
    { path: `/v1/services/${own.service}?limit=1&cursor=${cursors.versions}` },
  ],
  getServiceVersion: ({ service, version }, own) => [
    { path: ofVersion(service, version) },
    { path: ofVersion(own.service, version) },
  ],
  registerService: ({ service, version }) => [
    { path: ofVersion(service, version), method: 'PUT', body: definition },
    { path: ofVersion(service, version), method: 'PUT', body: definition },
    { path: ofVersion(service, version), method: 'DELETE' },
  ],
  deprecateService: ({ service, version }, own) => [
    post(`${ofVersion(service, version)}/deprecate`, { reason: 'not mine' }),
    post(`${ofVersion(own.service, version)}/deprecate`, { reason: 'not mine' }),
  ],
  deleteService: ({ service, version }, own) => [
    { path: ofVersion(service, version), method: 'DELETE' },
    { path: ofVersion(own.service, version), method: 'DELETE' },
  ],
  submitJob: (resources, own) => [
    ...submissions(resources, own).map((body) => post('/v1/jobs', body)),
    ...submissions(resources, own).map((body) => post('/v1/jobs?validateOnly=true', body)),
    post('/v1/jobs', { service: own.service }, { 'idempotency-key': resources.idempotencyKey }),
    post('/v1/jobs', { service: own.service, name: 'else' }, { 'idempotency-key': resources.idempotencyKey }),
  ],
  submitJobs: (resources, own) => [
    post('/v1/jobs/batch', { jobs: submissions(resources, own), group: resources.group }),
    post(
      '/v1/jobs/batch',
      { jobs: [{ service: own.service }] },
      { 'idempotency-key': `${resources.idempotencyKey}-batch` },
    ),
    // No list of elements: an accepted array job would be one of the few running operations of a tenant.
    post('/v1/jobs/batch', { template: { service: own.service }, over: { dataId: resources.data } }),
  ],
  rerunJob: ({ job, service, group, idempotencyKey, data, uploading }, own) => [
    post(`/v1/jobs/${job}/rerun`),
    post(`/v1/jobs/${job}/rerun`, { service: own.service, parameters: {} }),
    post(`/v1/jobs/${job}/rerun`, {}, { 'idempotency-key': idempotencyKey }),
    post(`/v1/jobs/${own.endedJob}/rerun`, { service }),
    post(`/v1/jobs/${own.endedJob}/rerun`, { group }),
    post(`/v1/jobs/${own.endedJob}/rerun`, { inputs: { table: [data, uploading] } }),
    post(`/v1/jobs/${own.endedJob}/rerun`, {}, { 'idempotency-key': `${idempotencyKey}-rerun` }),
  ],
  listJobs: ({ job, service, version, tag, group, name, cursors }) =>
    [
      `id=${job}`,
      `parent=${job}`,
      `tag=${tag}`,
      `group=${group}`,
      `group=${group}&tag=${tag}&status=failed`,
      `metadata.note=${tag}`,
      `metadata.run=7&service=${service}`,
      'metadata.run.min=0&metadata.run.max=9',
      `service=${service}`,
      `serviceVersion=${version}`,
      `namePrefix=${name}`,
      `namePrefix=${name}&order=asc`,
      `cursor=${cursors.jobs}`,
      `limit=1&cursor=${cursors.jobs}`,
      `service=${service}&status=failed,succeeded`,
    ].map((query) => ({ path: `/v1/jobs?${query}` })),
  listGroups: ({ group, cursors }) =>
    [
      '',
      `?namePrefix=${group}`,
      `?cursor=${cursors.groups}`,
      `?namePrefix=${group}&limit=1&cursor=${cursors.groups}`,
    ].map((query) => ({ path: `/v1/groups${query}` })),
  getGroup: ({ group }) => [{ path: `/v1/groups/${group}` }],
  getJobStats: ({ service, tag, group }) =>
    [`service=${service}`, `tag=${tag}`, `group=${group}`, `tag=${tag}&service=${service}`].map((query) => ({
      path: `/v1/jobs/stats?${query}`,
    })),
  getJob: ({ job }) => [
    { path: `/v1/jobs/${job}` },
    { path: `/v1/jobs/urn:errand:job:${job}` },
    { path: `/v1/jobs/${job}`, headers: { prefer: 'wait=0.01' } },
    { path: `/v1/jobs/${job}`, headers: { 'if-none-match': '"1", "2"' } },
  ],
  abortJob: ({ job }) => [
    post(`/v1/jobs/${job}/abort`),
    post(`/v1/jobs/${job}/abort`, { reason: 'not mine' }, { prefer: 'wait=0.01' }),
  ],
  getResult: ({ job }) => [
    { path: `/v1/jobs/${job}/result` },
    { path: `/v1/jobs/${job}/result?redirect=false` },
    { path: `/v1/jobs/${job}/result`, headers: { prefer: 'wait=0.01' } },
  ],
  getRequest: ({ job }) => [{ path: `/v1/jobs/${job}/request` }],
  getEvents: ({ job, cursors }, own) => [
    { path: `/v1/jobs/${job}/events` },
    { path: `/v1/jobs/${job}/events?limit=1&cursor=${cursors.events}` },
    { path: `/v1/jobs/${own.endedJob}/events?limit=1&cursor=${cursors.events}` },
    { path: `/v1/jobs/${job}/events`, headers: { accept: 'text/event-stream' } },
    { path: `/v1/jobs/${job}/events`, headers: { accept: 'text/event-stream', 'last-event-id': '1' } },
    { path: `/v1/jobs/${job}/events`, headers: { accept: 'text/event-stream', 'last-event-id': '999' } },
  ],
  listEvents: ({ job, service, tag, group, cursors }) => [
    ...[
      'after=now',
      `after=${cursors.log}`,
      `jobId=${job}`,
      `jobId=urn:errand:job:${job}&type=errand.job.succeeded`,
      `service=${service}`,
      `tag=${tag}`,
      `group=${group}`,
    ].map((query) => ({ path: `/v1/events?${query}` })),
    { path: `/v1/events?jobId=${job}`, headers: { prefer: 'wait=0.01' } },
    { path: `/v1/events?jobId=${job}`, headers: { accept: 'text/event-stream' } },
    {
      path: `/v1/events?jobId=${job}`,
      headers: { accept: 'text/event-stream', 'last-event-id': cursors.log },
    },
  ],
  getAttempts: ({ job }) => [{ path: `/v1/jobs/${job}/attempts` }],
  getLogs: ({ job, cursors }, own) => [
    { path: `/v1/jobs/${job}/logs` },
    { path: `/v1/jobs/${job}/logs?attempt=1&cursor=${cursors.logs}` },
    { path: `/v1/jobs/${own.endedJob}/logs?cursor=${cursors.logs}` },
  ],
  getJobLineage: ({ job }) => [
    { path: `/v1/jobs/${job}/lineage` },
    { path: `/v1/jobs/urn:errand:job:${job}/lineage?direction=down&depth=20` },
    { path: `/v1/jobs/${job}/lineage`, headers: { accept: 'application/ld+json' } },
  ],
  getDataLineage: (resources) => [
    ...pathsOf(resources).map((path) => ({ path: `${path}/lineage` })),
    { path: `/v1/data/${resources.data}/lineage?direction=up`, headers: { accept: 'application/ld+json' } },
  ],
  listChildren: ({ job, cursors }, own) => [
    { path: `/v1/jobs/${job}/children` },
    { path: `/v1/jobs/${job}/children?limit=1&cursor=${cursors.children}` },
    { path: `/v1/jobs/${own.endedJob}/children?limit=1&cursor=${cursors.children}` },
  ],
  deleteJob: ({ job }) =>
    ['?dryRun=true', '?cascade=children&dryRun=true', '', '?cascade=children'].flatMap((query) =>
      [{}, { 'if-match': '"1"' }].map((headers) => ({
        path: `/v1/jobs/${job}${query}`,
        method: 'DELETE',
        headers,
      })),
    ),
  editJob: ({ job, service, version, data }, own) => [
    { path: `/v1/jobs/${job}`, method: 'PATCH', body: {} },
    { path: `/v1/jobs/${job}`, method: 'PATCH', body: { name: 'mine now' }, headers: { 'if-match': '"1"' } },
    { path: `/v1/jobs/${own.draft}`, method: 'PATCH', body: { service } },
    { path: `/v1/jobs/${own.draft}`, method: 'PATCH', body: { service: { version } } },
    { path: `/v1/jobs/${own.draft}`, method: 'PATCH', body: { inputs: { table: [data] } } },
  ],
  startJob: ({ job }) => [post(`/v1/jobs/${job}/start`)],
  // Without effect, because a tenant may have only a few running operations; many-jobs.test.ts has those with an effect.
  actOnJobs: ({ job, service, tag, group, name }) =>
    [
      { action: 'abort', ids: [job] },
      { action: 'delete', ids: [`urn:errand:job:${job}`], changes: { cascade: ['children'] } },
      { action: 'rerun', filter: { id: [job] }, changes: { start: false } },
      { action: 'tag', filter: { service }, changes: { addTags: ['mine'] } },
      { action: 'tag', filter: { tag, service }, changes: { removeTags: [tag] } },
      { action: 'abort', filter: { group, service } },
      { action: 'abort', filter: { namePrefix: name, service } },
      { action: 'abort', filter: { parent: job } },
      { action: 'delete', filter: { metadata: { note: tag } } },
    ].map((body) => post('/v1/jobs/actions', { ...body, dryRun: true })),
  listOperations: ({ cursors }) =>
    ['', `?cursor=${cursors.operations}`, `?limit=1&cursor=${cursors.operations}`].map((query) => ({
      path: `/v1/operations${query}`,
    })),
  getOperation: ({ operation }) => [
    { path: `/v1/operations/${operation}` },
    { path: `/v1/operations/urn:errand:operation:${operation}` },
    { path: `/v1/operations/${operation}`, headers: { 'if-none-match': '"1", "2"' } },
  ],
  listRefusals: ({ operation, cursors }) => [
    { path: `/v1/operations/${operation}/refusals` },
    { path: `/v1/operations/${operation}/refusals?limit=1&cursor=${cursors.refusals}` },
  ],
  abortOperation: ({ operation }) => [
    post(`/v1/operations/${operation}/abort`),
    post(`/v1/operations/${operation}/abort`, { reason: 'not mine' }, { 'if-match': '"1"' }),
  ],
  createData: ({ idempotencyKey }) => [
    post('/v1/data', newData),
    post('/v1/data', newData, { 'idempotency-key': idempotencyKey }),
  ],
  listData: ({ data, job, tag, name, cursors }) =>
    [
      `id=${data}`,
      `job=${job}`,
      `tag=${tag}`,
      `namePrefix=${name}`,
      `tag=${tag}&status=uploading`,
      `cursor=${cursors.data}`,
      `limit=1&cursor=${cursors.data}`,
    ].map((query) => ({ path: `/v1/data?${query}` })),
  getData: (resources) => [
    ...pathsOf(resources).map((path) => ({ path })),
    { path: `/v1/data/urn:errand:data:${resources.data}` },
    { path: `/v1/data/${resources.data}`, headers: { 'if-none-match': '"1", "2"' } },
  ],
  editData: (resources) =>
    pathsOf(resources).flatMap((path) => [
      { path, method: 'PATCH', body: {} },
      { path, method: 'PATCH', body: { name: 'mine now' }, headers: { 'if-match': '"1"' } },
    ]),
  listParts: (resources) => pathsOf(resources).map((path) => ({ path: `${path}/parts?from=1&limit=2` })),
  completeUpload: (resources) => [
    ...pathsOf(resources).map((path) => post(`${path}/complete`)),
    post(`/v1/data/${resources.uploading}/complete`, { parts: [{ number: 1, etag: 'forged' }] }),
  ],
  getContent: (resources) =>
    pathsOf(resources).flatMap((path) => [
      { path: `${path}/content` },
      { path: `${path}/content?redirect=false` },
    ]),
  deleteData: (resources) =>
    pathsOf(resources).flatMap((path) =>
      ['?dryRun=true', ''].map((query) => ({ path: `${path}${query}`, method: 'DELETE' })),
    ),
  setInput: ({ job, data, uploading }, own) =>
    [job, own.draft].map((id) => ({
      path: `/v1/jobs/${id}/inputs/table`,
      method: 'PUT',
      body: { data: [data, uploading] },
    })),
  removeInput: ({ job }, own) =>
    [job, own.draft].map((id) => ({ path: `/v1/jobs/${id}/inputs/table`, method: 'DELETE' })),
  listOutputs: ({ job }) => [{ path: `/v1/jobs/${job}/outputs` }],
  getOutput: ({ job }) =>
    ['', '?redirect=false'].map((query) => ({ path: `/v1/jobs/${job}/outputs/plot${query}` })),
  createWebhook: ({ idempotencyKey }) => [
    post('/v1/webhooks', quietWebhook),
    post('/v1/webhooks', quietWebhook, { 'idempotency-key': idempotencyKey }),
  ],
  listWebhooks: () => [{ path: '/v1/webhooks' }],
  getWebhook: (resources) => [
    { path: ofWebhook(resources) },
    { path: ofWebhook(resources), headers: { 'if-none-match': '"1", "2"' } },
  ],
  editWebhook: (resources) =>
    [{}, { 'if-match': '"1"' }].map((headers) => ({
      path: ofWebhook(resources),
      method: 'PATCH',
      body: { description: 'mine now' },
      headers,
    })),
  deleteWebhook: (resources) => [
    { path: ofWebhook(resources), method: 'DELETE', headers: { 'if-match': '"1"' } },
    { path: ofWebhook(resources), method: 'DELETE' },
  ],
  rotateSecret: (resources) => [post(`${ofWebhook(resources)}/rotate`)],
  testWebhook: (resources) => [post(`${ofWebhook(resources)}/test`)],
  listDeliveries: (resources, own) => [
    { path: `${ofWebhook(resources)}/deliveries` },
    { path: `${ofWebhook(resources)}/deliveries?status=failed&limit=1` },
    { path: `${ofWebhook(resources)}/deliveries?cursor=${resources.cursors.deliveries}` },
    { path: `/v1/webhooks/${own.webhook}/deliveries?cursor=${resources.cursors.deliveries}` },
  ],
  redeliver: (resources, own) =>
    [resources.webhook, own.webhook].map((id) =>
      post(`/v1/webhooks/${id}/deliveries/${resources.delivery}/redeliver`),
    ),
  redeliverSince: (resources) => [
    post(`${ofWebhook(resources)}/redeliver`, { since: '2026-01-01', include: 'all' }),
  ],
  redriveEvents: () => [post('/v1/admin/redrive', { limit: 1 })],
  getWorkerInputs: asWorker('inputs', {}),
  createOutput: asWorker('outputs/plot', { body: { name: 'a-file' } }),
  listOutputParts: (resources, own) =>
    [resources.data, resources.uploading].flatMap((id) =>
      ofOutput(`outputs/plot/${id}/parts`, {})(resources, own),
    ),
  completeOutput: (resources, own) =>
    [resources.data, resources.uploading].flatMap((id) =>
      ofOutput(`outputs/plot/${id}/complete`, { method: 'POST' })(resources, own),
    ),
  getWorkerParameters: asWorker('parameters', {}),
  reportHeartbeat: asWorker('heartbeat', { method: 'POST' }),
  reportProgress: asWorker('progress', { body: { completion: 0.5 } }),
  requestResultUpload: asWorker('result-upload', { body: { mediaType: 'text/csv', sizeBytes: 8 } }),
  completeAttempt: asWorker('complete', { body: { result: 'forged' } }),
  failAttempt: asWorker('fail', { body: { message: 'forged' } }),
  submitChild: (resources, own) => [
    ...asWorker('children', { body: { service: own.service } })(resources, own),
    ...submissions(resources, own)
      .filter((body) => !('parentId' in body))
      .map((body) => asOwnWorker(own, 'children', { method: 'POST', body })),
    asOwnWorker(own, 'children', {
      method: 'POST',
      body: { service: own.service },
      headers: { 'idempotency-key': resources.idempotencyKey },
    }),
  ],
};

/** A worker route of the caller's own running job, with its token. */
function asOwnWorker({ running }: Own, end: string, call: Call): WalkRequest {
  const headers = { authorization: `Bearer ${running.token}`, ...call.headers };
  return { path: `/v1/worker/jobs/${running.job}/${end}`, ...call, withKey: false, headers };
}

/** A worker route of a data object, called with every wrong token, and with the right one for the caller's own job. */
function ofOutput(end: string, call: Call): RequestsOf {
  return (resources, own) => [...asWorker(end, call)(resources, own), asOwnWorker(own, end, call)];
}
