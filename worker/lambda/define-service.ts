import { type Attempt, openAttempt } from '../attempt/attempt.ts';
import { completeAttempt } from '../attempt/complete-attempt.ts';
import { fetchParameters } from '../attempt/fetch-parameters.ts';
import { withHeartbeat } from '../attempt/heartbeat.ts';
import { callService, type Service } from '../attempt/service-call.ts';
import { toThrownError } from '../attempt/thrown-error.ts';
import { type EnvelopeJob, type ParametersSource, readEnvelope } from './envelope.ts';

/** How a Lambda service behaves beside its work. */
export type ServiceOptions = {
  /**
   * Seconds, at least 0.1, without an answer from the worker routes after which a heartbeat is sent by itself. Without it
   * none is sent, which is the cheapest: a Lambda attempt needs heartbeats only to hear of an abort, and when its
   * definition sets `heartbeatSeconds`.
   */
  readonly heartbeatEverySeconds?: number;
};

/**
 * Most bytes of JSON that a function returns; more is uploaded. A state of Step Functions holds 262,144, and the result has
 * company there. https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
 */
const maxReturnedBytes = 200_000;

/**
 * Makes a Lambda handler of a service registered with `payload: "envelope"` (the default).
 * A `ServiceFailure` leaves in the wire form of `service-failure.ts`; any other error keeps its name and message. A result
 * above 200,000 bytes of JSON goes through the worker routes, and the function then returns null, as it does when the work
 * is no longer wanted; neither is heard any more.
 */
export function defineService<Parameters, Result>(
  run: Service<Parameters, Result, EnvelopeJob>,
  { heartbeatEverySeconds }: ServiceOptions = {},
): (event: unknown) => Promise<Result | null> {
  return async (event) => {
    let attempt: Attempt | undefined;
    try {
      const { parameters: source, job, worker } = readEnvelope(event);
      // The job was admitted only after its parameters were checked against the schema in the service's manifest.
      const parameters = (await readSource(source)) as Parameters;
      attempt = openAttempt(worker);
      const context = { attempt, job, worker, heartbeatEverySeconds };
      const work = () => callService(run, parameters, context);
      const result = await withHeartbeat(attempt, heartbeatEverySeconds, work);
      return await passResult(attempt, result, heartbeatEverySeconds);
    } catch (error) {
      if (isUnwanted(attempt)) return null;
      throw toThrownError(error);
    } finally {
      attempt?.close();
    }
  };
}

/** A refused token shows nothing of the attempt, whose result is what the function returns: null would count as one. */
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

/** Undefined for what is no JSON: Lambda's own runtime says so in its own words, which the job service knows. */
function toJson(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}
