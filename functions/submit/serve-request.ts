import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { matchPath, segmentsOf } from '../../core/contract/http/match-path.ts';
import type { OperationServedBy } from '../../core/contract/routes/routes.ts';
import { noRoute } from '../_shared/http/routing.ts';
import type { NewJobDeps, NewJobOperation } from './new-job-request.ts';
import { submitJobOperation } from './submit-job.ts';
import { submitPaths } from './submit-paths.ts';

type Served = OperationServedBy<'submit'>;

/** Routes a request to its operation; throws the problems of the route. */
export async function serveRequest(
  deps: NewJobDeps,
  event: APIGatewayProxyEvent,
): Promise<APIGatewayProxyResult> {
  const segments = segmentsOf(event.path);
  for (const [name, [method, path]] of Object.entries(submitPaths)) {
    const params = method === event.httpMethod ? matchPath(path, segments) : undefined;
    if (params === undefined) continue;
    const operation = await loadOperation(name as Served); // a key of the table of paths
    return operation({ deps, event, params });
  }
  // API Gateway also forwards variants of these paths that match no route, with a trailing slash or an
  // invalid encoding.
  throw noRoute(event);
}

/**
 * Operations other than `submitJob` are loaded by the first call that needs them, for a shorter cold start.
 */
async function loadOperation(name: Served): Promise<NewJobOperation> {
  if (name === 'submitJob') return submitJobOperation;
  return (await import('./other-operations.ts')).otherOperations[name];
}
