import type { APIGatewayProxyResult } from 'aws-lambda';
import { parseWorkerToken } from '../../core/access/worker-token.ts';
import { ProblemError, toProblem } from '../../core/contract/problem-error.ts';
import { workerId, workerIdHeader } from '../../core/contract/worker-schemas.ts';
import type { WorkerCaller } from '../../core/jobs/worker/worker-access.ts';
import { answerProblem } from './answer.ts';
import { type HttpRequest, header } from './api-request.ts';
import { jobKeyOf } from './job-key.ts';

/**
 * Who speaks for an attempt of the job in the path; undefined without a worker token. Whether it is the token of the
 * current attempt is for the use case to tell. Throws `not-found` for what is no job id, and `invalid-request`.
 */
export function readWorkerCaller(
  event: HttpRequest,
  params: Readonly<Record<string, string>>,
): WorkerCaller | undefined {
  const token = parseWorkerToken(header(event, 'authorization'));
  if (token === undefined) return undefined;
  const name = readWorkerId(event);
  return {
    key: jobKeyOf(token.tenant, params),
    tokenDigest: token.digest,
    ...(name === undefined ? {} : { workerId: name }),
  };
}

/**
 * API Gateway hands this header on as `x-amzn-Remapped-WWW-Authenticate`; of function URLs nothing is documented.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html
 */
const challenge = { 'WWW-Authenticate': 'Bearer realm="errand-worker"' };

/** The answer to a call without a worker token. */
export function answerUnknownWorker(event: HttpRequest): APIGatewayProxyResult {
  const problem = new ProblemError(
    'unauthenticated',
    'Send the token of the attempt as `Authorization: Bearer <token>`',
  );
  const { requestId } = event.requestContext;
  return answerProblem({ ...toProblem(problem), instance: event.path, requestId }, challenge);
}

function readWorkerId(event: HttpRequest): string | undefined {
  const value = header(event, workerIdHeader);
  if (value === undefined) return undefined;
  const read = workerId.safeParse(value);
  if (read.success) return read.data;
  const detail = 'The header Errand-Worker-Id must be 1 to 128 printable characters without spaces';
  throw new ProblemError('invalid-request', detail);
}
