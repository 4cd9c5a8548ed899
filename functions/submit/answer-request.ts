import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { matchRoute } from '../../core/contract/match-route.ts';
import type { OperationServedBy } from '../../core/contract/routes.ts';
import type { SubmitJobDeps } from '../../core/jobs/submit-job.ts';
import type { NewJobOperation } from './new-job-call.ts';
import { rerunJobOperation } from './rerun-job.ts';
import { submitJobOperation } from './submit-job.ts';
import { submitJobsOperation } from './submit-jobs.ts';

/** Every operation that this function serves: the compiler misses one that the route table has and this lacks. */
const operations: Readonly<Record<OperationServedBy<'submit'>, NewJobOperation>> = {
  rerunJob: rerunJobOperation,
  submitJob: submitJobOperation,
  submitJobs: submitJobsOperation,
};

/** Finds the operation of a request and lets it answer; throws the problems of the route. */
export async function answerRequest(
  deps: SubmitJobDeps,
  event: APIGatewayProxyEvent,
  lookAfter: number,
): Promise<APIGatewayProxyResult> {
  const match = matchRoute(event.httpMethod, event.path);
  if (match.kind !== 'route' || match.route.servedBy !== 'submit')
    throw new Error(`${event.httpMethod} ${event.path} is served by another function`);
  return operations[match.route.operationId]({ deps, event, params: match.params, lookAfter });
}
