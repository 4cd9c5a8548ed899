import { abortRequest } from '../../core/contract/job-schemas.ts';
import type { JobStatus } from '../../core/contract/job-state.ts';
import { isTerminal } from '../../core/contract/job-state.ts';
import { eventListQuery, jobListQuery } from '../../core/contract/list-schemas.ts';
import { parseWire } from '../../core/contract/parse-wire.ts';
import { failureCodes } from '../../core/contract/policy.ts';
import { readWait } from '../../core/contract/prefer.ts';
import { ProblemError, toProblem } from '../../core/contract/problem-error.ts';
import type { Problem } from '../../core/contract/problem-schema.ts';
import { problemUri } from '../../core/contract/problem-types.ts';
import { abortJob } from '../../core/jobs/abort-job.ts';
import { getAttempts } from '../../core/jobs/get-attempts.ts';
import { getEvents } from '../../core/jobs/get-events.ts';
import { getJob } from '../../core/jobs/get-job.ts';
import { getRequest } from '../../core/jobs/get-request.ts';
import { getResult } from '../../core/jobs/get-result.ts';
import type { Failure, Job } from '../../core/jobs/job.ts';
import { listJobs } from '../../core/jobs/list-jobs.ts';
import { summarizeJob } from '../../core/jobs/represent-job.ts';
import { answerEmpty, answerJson, answerProblem, answerText } from '../_shared/answer.ts';
import { header, readOptionalJsonBody, readQuery, refuseQuery } from '../_shared/api-request.ts';
import { answerJob, etagOf, jobHeaders, preferenceApplied } from '../_shared/job-answer.ts';
import { jobKeyOf } from '../_shared/job-key.ts';
import type { Operation } from './operation.ts';
import { nextLink, readLimit } from './paging.ts';

/** A buffered answer must be there after 29 s. */
const longestWaitSeconds = 25;

export const listJobsOperation: Operation = async ({ deps, event, caller, baseUrl }) => {
  const query = readQuery(event, jobListQuery);
  // The pattern of the query lets only states through.
  const statuses = query.status?.split(',') as JobStatus[] | undefined;
  const page = await listJobs(deps, {
    tenant: caller.tenant,
    ...(statuses === undefined ? {} : { statuses: [...new Set(statuses)].sort() }),
    ...(query.service === undefined ? {} : { services: [...new Set(query.service.split(','))].sort() }),
    ...(query.cursor === undefined ? {} : { cursor: query.cursor }),
    limit: readLimit(query.limit),
  });
  const body = {
    items: page.jobs.map((job) => summarizeJob(job, baseUrl)),
    ...(page.nextCursor === undefined ? {} : { nextCursor: page.nextCursor }),
    ...(page.scanned === undefined ? {} : { scanned: page.scanned }),
  };
  return answerJson(200, body, { Link: nextLink(event, baseUrl, page.nextCursor) });
};

export const getJobOperation: Operation = async ({ deps, event, params, caller, baseUrl }) => {
  refuseQuery(event);
  const wait = waitOf(event);
  const known = header(event, 'if-none-match');
  const until = (job: Job) => isTerminal(job.status) || (known !== undefined && !matches(known, etagOf(job)));
  const job = await getJob(deps, jobKeyOf(caller.tenant, params), {
    waitMilliseconds: (wait?.seconds ?? 0) * 1000,
    until,
  });
  const now = deps.clock.now();
  if (known !== undefined && matches(known, etagOf(job)))
    return answerEmpty(304, jobHeaders(job, { now, wait }));
  return answerJob(deps, job, { statusCode: 200, baseUrl, now, wait });
};

export const getResultOperation: Operation = async ({ deps, event, params, caller }) => {
  refuseQuery(event);
  const wait = waitOf(event);
  const key = jobKeyOf(caller.tenant, params);
  const headers = { 'Preference-Applied': preferenceApplied(wait) };
  const result = await getResult(deps, key, { waitMilliseconds: (wait?.seconds ?? 0) * 1000 });
  const place = { instance: event.path, requestId: event.requestContext.requestId };
  switch (result.kind) {
    case 'value':
      return answerText(200, result.json, headers);
    case 'elsewhere':
      return answerEmpty(303, { Location: result.url, ...headers });
    case 'none':
      return answerProblem({ ...ownProblem(result.job, result.failure), ...place }, headers);
    case 'unfinished': {
      const { ETag: _, ...polling } = jobHeaders(result.job, { now: deps.clock.now(), wait });
      const notReady = new ProblemError('result-not-ready', `The job is ${result.job.status}`);
      return answerProblem({ ...toProblem(notReady), ...place }, polling);
    }
  }
};

/** A job's failure as the answer to a request for its result. */
function ownProblem(job: Job, { code, detail }: Failure): Problem {
  const { title } = failureCodes[code];
  return { type: problemUri(code), title, status: 409, detail, code, jobStatus: job.status };
}

export const getRequestOperation: Operation = async ({ deps, event, params, caller }) => {
  refuseQuery(event);
  return answerText(200, await getRequest(deps, jobKeyOf(caller.tenant, params)));
};

export const getEventsOperation: Operation = async ({ deps, event, params, caller, baseUrl }) => {
  const query = readQuery(event, eventListQuery);
  const { events, nextCursor } = await getEvents(deps, {
    key: jobKeyOf(caller.tenant, params),
    baseUrl,
    ...(query.cursor === undefined ? {} : { cursor: query.cursor }),
    limit: readLimit(query.limit),
  });
  const body = { items: events, ...(nextCursor === undefined ? {} : { nextCursor }) };
  return answerJson(200, body, { Link: nextLink(event, baseUrl, nextCursor) });
};

export const getAttemptsOperation: Operation = async ({ deps, event, params, caller }) => {
  refuseQuery(event);
  return answerJson(200, { items: await getAttempts(deps, jobKeyOf(caller.tenant, params)) });
};

export const abortJobOperation: Operation = async ({ deps, event, params, caller, baseUrl }) => {
  refuseQuery(event);
  const { reason } = parseWire(abortRequest, readOptionalJsonBody(event));
  const wait = waitOf(event);
  const job = await abortJob(deps, {
    key: jobKeyOf(caller.tenant, params),
    by: caller.principal,
    reason,
    waitMilliseconds: (wait?.seconds ?? 0) * 1000,
  });
  const ended = isTerminal(job.status);
  const headers = ended ? {} : { Location: `${baseUrl}/v1/jobs/${job.id}` };
  return answerJob(deps, job, {
    statusCode: ended ? 200 : 202,
    baseUrl,
    now: deps.clock.now(),
    wait,
    headers,
  });
};

function waitOf(event: Parameters<Operation>[0]['event']) {
  const headers = { prefer: header(event, 'prefer'), timeout: header(event, 'timeout') };
  return readWait(headers, longestWaitSeconds);
}

/** RFC 9110, 13.1.2: a list of tags or `*`; weak ones match too. */
function matches(ifNoneMatch: string, etag: string): boolean {
  const tags = ifNoneMatch.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return tags.includes('*') || tags.includes(etag);
}
