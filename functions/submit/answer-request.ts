import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { matchPath, segmentsOf } from '../../core/contract/http/match-path.ts';
import type { OperationServedBy } from '../../core/contract/routes/routes.ts';
import { nothingAt } from '../_shared/http/no-route.ts';
import type { NewJobDeps, NewJobOperation } from './new-job-call.ts';
import { submitJobOperation } from './submit-job.ts';
import { submitPaths } from './submit-paths.ts';

type Served = OperationServedBy<'submit'>;

/** Finds the operation of a request and lets it answer; throws the problems of the route. */
export async function answerRequest(
  deps: NewJobDeps,
  event: APIGatewayProxyEvent,
  reconcileAfterMs: number,
): Promise<APIGatewayProxyResult> {
  const segments = segmentsOf(event.path);
  for (const [name, [method, path]] of Object.entries(submitPaths)) {
    const params = method === event.httpMethod ? matchPath(path, segments) : undefined;
    if (params === undefined) continue;
    const operation = await operationOf(name as Served); // a key of the table of paths
    return operation({ deps, event, params, reconcileAfterMs });
  }
  // API Gateway hands over every path that it takes for one of these, with a slash at its end and undecodable too.
  throw nothingAt(event);
}

/** What a usual submission does not need is loaded by the first call that needs it. */
async function operationOf(name: Served): Promise<NewJobOperation> {
  if (name === 'submitJob') return submitJobOperation;
  return (await import('./other-operations.ts')).otherOperations[name];
}
