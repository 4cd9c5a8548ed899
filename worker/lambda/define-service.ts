import { type Attempt, openAttempt } from '../attempt/attempt.ts';
import { completeAttempt } from '../attempt/complete-attempt.ts';
import { fetchParameters } from '../attempt/fetch-parameters.ts';
import { withHeartbeat } from '../attempt/heartbeat.ts';
import { toThrownError } from '../attempt/thrown-error.ts';
import { callService, type Service } from '../service/service-call.ts';
import { type EnvelopeJob, type ParametersSource, readEnvelope } from './envelope.ts';
import { invocationOf, withInvocation } from './invocation.ts';

/** Options of a Lambda service. */
export type ServiceOptions = {
  /**
   * Seconds, at least 0.1, without a response to a heartbeat or to progress after which a heartbeat is sent
   * automatically. By default none is sent, which is cheapest: a Lambda attempt needs heartbeats only to
   * detect an abort, and if its definition sets `heartbeatSeconds`.
   */
  readonly heartbeatEverySeconds?: number;
};

/**
 * The maximum size of a returned result in bytes of JSON; a larger one is uploaded. A state of Step Functions
 * is limited to 262,144 bytes, which the result shares with other data.
 * https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
 */
const maxReturnedBytes = 200_000;

/**
 * Creates the Lambda handler of a service that is registered with `payload: "envelope"` (the default). A
 * `ServiceFailure` is thrown in the wire format of `service-failure.ts`; any other error keeps its name and
 * message. A result above 200,000 bytes of JSON is sent to the worker routes, and the function then returns
 * null, as it does when the work is no longer needed; this null is ignored. Reports and errors name the invocation, so that its log
 * can be found.
 */
export function defineService<Parameters, Result>(
  run: Service<Parameters, Result, EnvelopeJob>,
  { heartbeatEverySeconds }: ServiceOptions = {},
): (event: unknown, context?: unknown) => Promise<Result | null> {
  return async (event, lambdaContext) => {
    const invocation = invocationOf(lambdaContext);
    let attempt: Attempt | undefined;
    try {
      const { parameters: source, job, worker } = readEnvelope(event);
      // The job was admitted only after its parameters were checked against the schema in the service's
      // manifest.
      const parameters = (await readSource(source)) as Parameters;
      attempt = openAttempt({ ...worker, ...(invocation === undefined ? {} : { invocation }) });
      const context = { attempt, job, worker, heartbeatEverySeconds };
      const work = () => callService(run, parameters, context);
      const result = await withHeartbeat(attempt, heartbeatEverySeconds, work);
      return await passResult(attempt, result, heartbeatEverySeconds);
    } catch (error) {
      if (isUnwanted(attempt)) return null;
      throw withInvocation(toThrownError(error), invocation);
    } finally {
      attempt?.close();
    }
  };
}

/**
 * Returns whether the work is no longer needed. A refused token does not show this: the returned value still
 * counts as the result of the attempt, so it must not be replaced by null.
 */
function isUnwanted(attempt: Attempt | undefined): boolean {
  const cause = attempt?.stoppedBy();
  return cause !== undefined && cause !== 'unauthenticated';
}

async function readSource(source: ParametersSource): Promise<unknown> {
  return source.kind === 'inline' ? source.value : fetchParameters(source.url);
}

async function passResult<Result>(
  attempt: Attempt,
  result: Result,
  heartbeatEverySeconds: number | undefined,
): Promise<Result | null> {
  if (isUnwanted(attempt)) return null;
  const json = toJson(result);
  if (json === undefined || Buffer.byteLength(json) <= maxReturnedBytes) return result;
  await completeAttempt(attempt, { json, maxInlineBytes: 0, heartbeatEverySeconds });
  return null;
}

/**
 * Returns undefined for a value without JSON: Lambda's own runtime reports that with an error that Errand
 * recognizes.
 */
function toJson(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}
