import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { matchPath, segmentsOf } from '../../core/contract/match-path.ts';
import { ProblemError } from '../../core/contract/problem-error.ts';
import type { OperationServedBy } from '../../core/contract/routes.ts';
import type { NewJobDeps, NewJobOperation } from './new-job-call.ts';
import { submitJobOperation } from './submit-job.ts';
import { submitPaths } from './submit-paths.ts';

type Served = OperationServedBy<'submit'>;

/** Finds the operation of a request and lets it answer; throws the problems of the route. */
export async function answerRequest(
  deps: NewJobDeps,
  event: APIGatewayProxyEvent,
  lookAfter: number,
): Promise<APIGatewayProxyResult> {
  const segments = segmentsOf(event.path);
  for (const [name, [method, path]] of Object.entries(submitPaths)) {
    const params = method === event.httpMethod ? matchPath(path, segments) : undefined;
    if (params === undefined) continue;
    const operation = await operationOf(name as Served); // a key of the table of paths
    return operation({ deps, event, params, lookAfter });
  }
  // API Gateway finds the resource of a path that cannot be decoded, too.
  if (segments.includes(undefined))
    throw new ProblemError('not-found', `There is nothing at ${event.path.slice(0, 200)}`);
  throw new Error(`${event.httpMethod} ${event.path} is served by another function`);
}

/** What a usual submission does not need is loaded by the first call that needs it. */
async function operationOf(name: Served): Promise<NewJobOperation> {
  if (name === 'submitJob') return submitJobOperation;
  return (await import('./other-operations.ts')).otherOperations[name];
}
