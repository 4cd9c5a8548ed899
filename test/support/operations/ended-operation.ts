import { until } from '../../../local/test/fixture/until.ts';
import type { ApiResponse, Call } from '../local-service/local-errand.ts';

/** An operation as the API represents it. */
// biome-ignore lint/suspicious/noExplicitAny: a test looks into all of an operation
export type OperationBody = any;

type Caller = (path: string, call?: Call) => Promise<ApiResponse>;

/** Requests an operation and returns it once it has ended. Throws the response for any status except 202. */
export async function endedOperation(call: Caller, body: object, timeoutMs?: number): Promise<OperationBody> {
  const accepted = await call('/v1/jobs/actions', { body });
  if (accepted.status !== 202) throw new Error(`${accepted.status}: ${JSON.stringify(accepted.body)}`);
  return operationEnd(call, accepted.body.id, timeoutMs);
}

/** The operation once it has ended. */
export function operationEnd(call: Caller, id: string, timeoutMs = 30_000): Promise<OperationBody> {
  return until(
    `operation ${id} ends`,
    async () => {
      const { body } = await call(`/v1/operations/${id}`, { headers: { prefer: 'wait=5' } });
      return body.finishedAt === undefined ? undefined : body;
    },
    timeoutMs,
  );
}
