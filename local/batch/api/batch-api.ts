import { AwsError } from '../../aws-error.ts';
import type { AccessCheck, AwsRequest, AwsResponse } from '../../cloud.ts';
import type { JsonRecord } from '../../json.ts';
import type { Job } from '../job.ts';
import { jobArn, jobDetail, jobSummary } from '../job-detail.ts';
import type { JobStore } from '../job-store.ts';
import type { Jobs } from '../jobs.ts';
import { clientError } from './client-error.ts';
import { describeDefinitions } from './describe-definitions.ts';
import { type BatchResources, definitionArn, queueArn } from './find-resource.ts';
import { readListing } from './list-request.ts';
import { bodyOf, listIn, refuseMembers, requiredText, textsIn } from './request-body.ts';
import { newJob } from './submit-request.ts';

/** Dependencies of the operations. */
export interface BatchApi extends BatchResources {
  readonly jobs: Jobs;
  readonly store: JobStore;
}

interface Operation {
  checks(body: JsonRecord, resources: BatchResources): readonly AccessCheck[];
  run(api: BatchApi, body: JsonRecord): JsonRecord;
}

const maxDescribed = 100;
const maxReasonLength = 1024;

/** Operations by path. https://docs.aws.amazon.com/batch/latest/APIReference/API_Operations.html */
const operationsByPath: Readonly<Record<string, Operation>> = {
  '/v1/submitjob': { checks: submitChecks, run: submitJob },
  '/v1/describejobs': { checks: () => [{ action: 'batch:DescribeJobs', resource: '*' }], run: describeJobs },
  '/v1/describejobdefinitions': {
    checks: () => [{ action: 'batch:DescribeJobDefinitions', resource: '*' }],
    run: (api, body) => describeDefinitions(api, body),
  },
  '/v1/listjobs': { checks: () => [{ action: 'batch:ListJobs', resource: '*' }], run: listJobs },
  '/v1/terminatejob': {
    checks: (body, { model }) => [
      { action: 'batch:TerminateJob', resource: jobArn(model, requiredText(body, 'jobId')) },
    ],
    run: terminateJob,
  },
};

/**
 * Returns the permissions that a request needs. Throws `ClientException` for a request that does not name its
 * resource.
 */
export function batchChecks(request: AwsRequest, resources: BatchResources): readonly AccessCheck[] {
  return operationOf(request).checks(bodyOf(request), resources);
}

/** Executes a permitted request. */
export function handleBatch(api: BatchApi, request: AwsRequest): AwsResponse {
  const output = operationOf(request).run(api, bodyOf(request));
  return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(output) };
}

function operationOf(request: AwsRequest): Operation {
  const path = request.url.split('?')[0] ?? '';
  const operation = Object.hasOwn(operationsByPath, path) ? operationsByPath[path] : undefined;
  if (request.method === 'POST' && operation !== undefined) return operation;
  throw new AwsError('UnknownOperationException', `${request.method} ${path} is not served locally`, 404);
}

/**
 * Requires permission for the queue and the definition as they were named: a definition without a revision is
 * a resource of its own. Tags need a separate permission on the definition.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsbatch.html
 */
function submitChecks(body: JsonRecord, resources: BatchResources): readonly AccessCheck[] {
  const { shareIdentifier } = body;
  const tags = textsIn(body, 'tags');
  const context = {
    ...(typeof shareIdentifier === 'string' ? { 'batch:ShareIdentifier': shareIdentifier } : {}),
    ...Object.fromEntries(Object.entries(tags).map(([key, value]) => [`aws:RequestTag/${key}`, value])),
    ...(Object.keys(tags).length > 0 ? { 'aws:TagKeys': Object.keys(tags) } : {}),
  };
  const definition = definitionArn(resources, requiredText(body, 'jobDefinition'));
  const queue = queueArn(resources, requiredText(body, 'jobQueue'));
  return [
    { action: 'batch:SubmitJob', resource: queue, context },
    { action: 'batch:SubmitJob', resource: definition, context },
    ...(Object.keys(tags).length > 0 ? [{ action: 'batch:TagResource', resource: definition, context }] : []),
  ];
}

function submitJob(api: BatchApi, body: JsonRecord): JsonRecord {
  const job = newJob(body, api);
  api.jobs.submit(job);
  return { jobArn: jobArn(api.model, job.id), jobName: job.name, jobId: job.id };
}

/** Jobs that do not exist are omitted. */
function describeJobs(api: BatchApi, body: JsonRecord): JsonRecord {
  const ids = listIn(body, 'jobs') ?? [];
  if (ids.length > maxDescribed) throw clientError(`Maximum number of jobs supported is ${maxDescribed}`);
  const jobs = ids.flatMap((id): Job[] => {
    const job = api.store.find(String(id));
    return job === undefined ? [] : [job];
  });
  return { jobs: jobs.map((job) => jobDetail(job, jobArn(api.model, job.id))) };
}

function listJobs(api: BatchApi, body: JsonRecord): JsonRecord {
  const listing = readListing(body, api);
  const { limit, offset } = listing;
  const found = api.store.list({ ...listing, limit: limit + 1 });
  return {
    jobSummaryList: found.slice(0, limit).map((job) => jobSummary(job, jobArn(api.model, job.id))),
    ...(found.length > limit ? { nextToken: String(offset + limit) } : {}),
  };
}

function terminateJob(api: BatchApi, body: JsonRecord): JsonRecord {
  refuseMembers(body, ['jobId', 'reason']);
  const id = requiredText(body, 'jobId');
  const reason = requiredText(body, 'reason');
  if (reason.length > maxReasonLength) throw clientError(`reason has at most ${maxReasonLength} characters.`);
  const job = api.store.find(id);
  if (job === undefined) throw clientError(`Job ${id} was not found`);
  api.jobs.terminate(job, reason);
  return {};
}
