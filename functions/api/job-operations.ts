import { parseWire } from '../../core/contract/http/parse-wire.ts';
import { evaluatePreconditions } from '../../core/contract/http/preconditions.ts';
import { isTerminal } from '../../core/contract/job-state.ts';
import { failureCodes } from '../../core/contract/policy.ts';
import { ProblemError, toProblem } from '../../core/contract/problems/problem-error.ts';
import type { Problem } from '../../core/contract/problems/problem-schema.ts';
import { problemUri } from '../../core/contract/problems/problem-types.ts';
import { abortRequest } from '../../core/contract/schemas/job-schemas.ts';
import type { Failure, Job } from '../../core/jobs/model/job.ts';
import { shownOutputs } from '../../core/jobs/outputs/list-outputs.ts';
import { getAttempts } from '../../core/jobs/queries/get-attempts.ts';
import { getJob } from '../../core/jobs/queries/get-job.ts';
import { getRequest } from '../../core/jobs/queries/get-request.ts';
import { getResult } from '../../core/jobs/queries/get-result.ts';
import { abortJob } from '../../core/jobs/relations/abort-job.ts';
import { countChildren } from '../../core/jobs/relations/count-children.ts';
import { hasScope, readOptionalJsonBody, rejectQuery } from '../_shared/http/api-request.ts';
import { contentResponse, wantsRedirect } from '../_shared/http/content-response.ts';
import { etagOf } from '../_shared/http/etag.ts';
import {
  jobHeaders,
  jobResponse,
  preferenceApplied,
  typicalSecondsOf,
} from '../_shared/http/job-response.ts';
import { preconditionCheckOf, preconditionsOf } from '../_shared/http/preconditions.ts';
import {
  emptyResponse,
  jsonResponse,
  problemResponse,
  serializedResponse,
} from '../_shared/http/responses.ts';
import { jobKeyOf } from '../_shared/job-key.ts';
import type { Operation } from './operation.ts';
import { waitAsPreferred } from './wait-as-preferred.ts';

export const getJobOperation: Operation = async ({ deps, event, params, caller, baseUrl }) => {
  rejectQuery(event);
  const key = jobKeyOf(caller.tenant, params);
  const preconditions = preconditionsOf(event);
  const outcomeOf = (job: Job) => evaluatePreconditions(preconditions, etagOf(job));
  const changed = preconditions.ifNoneMatch === undefined ? ['If-Match'] : ['If-Match', 'met'];
  const until = (job: Job) => isTerminal(job.status) || changed.includes(outcomeOf(job));
  const { job: lastRead, appliedWait } = await waitAsPreferred({ deps, event }, key, { until });
  const job = await getJob(deps, key, lastRead);
  const polling = {
    now: deps.clock.now(),
    wait: appliedWait,
    typicalSeconds: await typicalSecondsOf(deps, job),
  };
  // `conditionalReads` turns this response into 304 or 412 without the job, so its sub-jobs need not be
  // counted.
  if (outcomeOf(job) !== 'met') return emptyResponse(200, jobHeaders(job, polling));
  const [children, outputs] = await Promise.all([
    countChildren(deps, job),
    shownOutputs({ ...deps, services: deps.cachedServices }, job),
  ]);
  return jobResponse(deps, job, { statusCode: 200, baseUrl, isReader: true, ...polling, children, outputs });
};

export const getResultOperation: Operation = async ({ deps, event, params, caller }) => {
  const redirects = wantsRedirect(event);
  const key = jobKeyOf(caller.tenant, params);
  const { job: lastRead, appliedWait } = await waitAsPreferred({ deps, event }, key);
  const headers = { 'Preference-Applied': preferenceApplied(appliedWait) };
  const result = await getResult(deps, key, lastRead);
  const context = { instance: event.path, requestId: event.requestContext.requestId };
  switch (result.kind) {
    case 'value':
      return serializedResponse(200, redirects ? result.json : `{"result":${result.json}}`, headers);
    case 'url':
      return contentResponse(result, redirects, headers);
    case 'none':
      return problemResponse({ ...failureProblem(result.job, result.failure), ...context }, headers);
    case 'unfinished': {
      const typicalSeconds = await typicalSecondsOf(deps, result.job);
      const now = deps.clock.now();
      const { ETag: _, ...polling } = jobHeaders(result.job, { now, wait: appliedWait, typicalSeconds });
      const notReady = new ProblemError(
        'result-not-ready',
        `The job has not ended: it is ${result.job.status}`,
      );
      return problemResponse({ ...toProblem(notReady), ...context }, polling);
    }
  }
};

/** The problem that describes a job's failure, in response to a request for its result. */
function failureProblem(job: Job, { code, detail, serviceErrorType }: Failure): Problem {
  const { title } = failureCodes[code];
  const ownType = serviceErrorType === undefined ? {} : { serviceErrorType };
  return { type: problemUri(code), title, status: 409, detail, code, ...ownType, jobStatus: job.status };
}

export const getRequestOperation: Operation = async ({ deps, event, params, caller }) => {
  rejectQuery(event);
  return serializedResponse(200, await getRequest(deps, jobKeyOf(caller.tenant, params)));
};

export const getAttemptsOperation: Operation = async ({ deps, event, params, caller }) => {
  rejectQuery(event);
  return jsonResponse(200, { items: await getAttempts(deps, jobKeyOf(caller.tenant, params)) });
};

export const abortJobOperation: Operation = async ({ deps, event, params, caller, baseUrl }) => {
  rejectQuery(event);
  const { reason } = parseWire(abortRequest, readOptionalJsonBody(event));
  const key = jobKeyOf(caller.tenant, params);
  const aborted = await abortJob(deps, {
    key,
    by: caller.principal,
    reason,
    meetsPrecondition: preconditionCheckOf(event),
  });
  const { job = aborted, appliedWait } = await waitAsPreferred({ deps, event }, key, {
    current: aborted,
  });
  const ended = isTerminal(job.status);
  const headers = ended ? {} : { Location: `${baseUrl}/v1/jobs/${job.id}` };
  return jobResponse(deps, job, {
    statusCode: ended ? 200 : 202,
    baseUrl,
    isReader: hasScope(caller, 'jobs:read'),
    now: deps.clock.now(),
    wait: appliedWait,
    typicalSeconds: await typicalSecondsOf(deps, job),
    headers,
  });
};
