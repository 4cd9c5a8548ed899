import type { APIGatewayProxyEvent } from 'aws-lambda';
import { parseWire } from '../../core/contract/http/parse-wire.ts';
import type { BulkSubmissionResponse } from '../../core/contract/schemas/job-schemas.ts';
import { noQuery } from '../../core/contract/schemas/list-schemas.ts';
import { unparsedBulkSubmission } from '../../core/contract/schemas/submission-schemas.ts';
import { receiptOfJob, summarizeJob } from '../../core/jobs/queries/represent-job.ts';
import { type SubmittedItem, submitJobs } from '../../core/jobs/submission/submit-jobs.ts';
import type { Log } from '../../core/ports/log.ts';
import { omitUndefined } from '../../core/std/omit-undefined.ts';
import { baseUrl, readJsonBody } from '../_shared/http/api-request.ts';
import { idempotencyOf } from '../_shared/http/new-job-headers.ts';
import { toProblemError, viewerOf } from '../_shared/http/problems.ts';
import { jsonResponse } from '../_shared/http/responses.ts';
import { visibleProblem } from '../_shared/http/visible-problem.ts';
import { type NewJobOperation, readNewJobRequest } from './new-job-request.ts';
import { isArraySubmission, submitArrayOperation } from './submit-array.ts';

/**
 * Submits an array job, or several jobs without waiting for their end. Accepted jobs are returned as summaries, which requires
 * no reads, so that the response cannot fail after the jobs were accepted.
 */
export const submitJobsOperation: NewJobOperation = async (request) => {
  const { deps, event } = request;
  const { input, key, responseOptions, requireScopeToReuse } = readNewJobRequest(request, noQuery);
  const viewer = { log: deps.log, event, isReader: responseOptions.isReader };
  const body = readJsonBody(event);
  if (isArraySubmission(body)) return submitArrayOperation(request, body);
  const { jobs, group } = parseWire(unparsedBulkSubmission, body);
  if (jobs.some(hasReuse)) requireScopeToReuse();
  const idempotency = idempotencyOf(key, 'submitJobs', body);
  const items = await submitJobs(deps, { ...input, jobs, idempotency, ...omitUndefined({ group }) });
  const responseBody: BulkSubmissionResponse = {
    items: items.map((item) => representItem(viewer, item)),
  };
  return jsonResponse(202, responseBody, { 'Idempotency-Replayed': isReplay(items) ? 'true' : undefined });
};

function hasReuse(job: unknown): boolean {
  return typeof job === 'object' && job !== null && 'reuse' in job;
}

interface Viewer {
  readonly log: Log;
  readonly event: APIGatewayProxyEvent;
  readonly isReader: boolean;
}

function representItem(
  { log, event, isReader }: Viewer,
  item: SubmittedItem,
): BulkSubmissionResponse['items'][number] {
  if ('submitted' in item) {
    const represent = isReader ? summarizeJob : receiptOfJob;
    return { job: represent(item.submitted.job, baseUrl(event)) };
  }
  const error = toProblemError(item.error, log, event.requestContext.requestId);
  return { problem: visibleProblem(error, viewerOf(event)) };
}

/** Whether an earlier request created all jobs of the response, and there is at least one. */
function isReplay(items: readonly SubmittedItem[]): boolean {
  const jobs = items.flatMap((item) => ('submitted' in item ? item.submitted : []));
  return jobs.length > 0 && jobs.every(({ replayed }) => replayed);
}
