import { type Attempt, openAttempt } from '../attempt/attempt.ts';
import type { StopCause } from '../attempt/attempt-stopped.ts';
import { completeAttempt } from '../attempt/complete-attempt.ts';
import { inspected } from '../attempt/describe-thrown.ts';
import { failAttempt } from '../attempt/fail-attempt.ts';
import { sendHeartbeat, withHeartbeat } from '../attempt/heartbeat.ts';
import { ServiceFailure } from '../attempt/service-failure.ts';
import { sleep } from '../attempt/sleep.ts';
import { callService, type Service } from '../service/service-call.ts';
import { type BatchEnvironment, readBatchEnvironment } from './batch-environment.ts';
import { readBatchParameters } from './batch-parameters.ts';

/** Options of a container. */
export type BatchJobOptions = {
  /**
   * Seconds, at least 0.1, without a response to a heartbeat or to progress after which a heartbeat is sent.
   * Default: a quarter of the definition's `heartbeatSeconds`, or no heartbeats if it has none: AWS Batch
   * itself ends a container that is not needed any more.
   */
  readonly heartbeatEverySeconds?: number;
  /**
   * Seconds that the service has to end by itself when its work is no longer needed; default 25, because AWS
   * Batch kills a container 30 s after SIGTERM.
   * https://docs.aws.amazon.com/batch/latest/userguide/job_timeouts.html
   */
  readonly stopGraceSeconds?: number;
};

/**
 * The exit statuses of a container, which AWS Batch displays. The job itself is settled by the final report.
 */
export const exitStatuses = {
  /** The result was accepted, or the attempt had ended before. */
  done: 0,
  /** The service failed, its end could not be reported, or its token was refused. */
  failed: 1,
  /** The work was stopped: 128 plus the number of SIGTERM. */
  stopped: 143,
} as const;

/** The maximum size of a result in the report itself; a larger result is uploaded. */
const maxInlineBytes = 262_144;

/** The maximum delay of a Node.js timer: about 24 days. */
const longestPauseMilliseconds = 2_147_483_647;

/** How the work ended. */
type WorkEnd =
  | { readonly kind: 'returned'; readonly result: unknown }
  | { readonly kind: 'threw'; readonly error: unknown }
  | { readonly kind: 'given-up' };

/**
 * Runs a service as the program of an AWS Batch container, and exits: reads the environment and parameters,
 * sends heartbeats, and reports the result or the failure. A `ServiceFailure` is reported with its message
 * and type, any other error with its name as type. SIGTERM aborts the call's signal. An error that the
 * service throws after that is not reported, because AWS Batch reports the reason itself (time limit,
 * reclaimed capacity), but a result still counts.
 */
export async function runBatchJob<Parameters, Result>(
  service: Service<Parameters, Result>,
  options: BatchJobOptions = {},
): Promise<never> {
  const environment = readBatchEnvironment(process.env);
  const { heartbeatEverySeconds = quarter(environment.heartbeatSeconds) } = options;
  const attempt = openAttempt(environment.worker);
  process.on('SIGTERM', () => attempt.stop('terminated'));
  // Node.js exits when only signal handlers are pending. https://nodejs.org/api/process.html#exit-codes
  setInterval(() => undefined, longestPauseMilliseconds);
  const uncaughtError = new Promise<WorkEnd>((resolve) => {
    process.on('uncaughtException', (error) => resolve({ kind: 'threw', error }));
  });
  const work = async (): Promise<WorkEnd> => {
    try {
      const parameters = await readParameters(attempt, environment, heartbeatEverySeconds);
      const context = { attempt, ...environment, heartbeatEverySeconds };
      // The job was admitted only after its parameters were checked against the schema in the service's
      // manifest.
      return { kind: 'returned', result: await callService(service, parameters as Parameters, context) };
    } catch (error) {
      return { kind: 'threw', error };
    }
  };
  const ends = () => Promise.race([work(), uncaughtError, givenUp(attempt, options.stopGraceSeconds ?? 25)]);
  const threw = (error: unknown): WorkEnd => ({ kind: 'threw', error });
  const end = await withHeartbeat(attempt, heartbeatEverySeconds, ends).catch(threw);
  const status = await report(attempt, end, heartbeatEverySeconds).catch(unreported);
  attempt.close();
  process.exit(status);
}

/**
 * If the end cannot be reported, the process exits with a failure: AWS Batch reports the end of the
 * container, so the attempt ends without waiting for a time limit.
 */
function unreported(error: unknown): number {
  console.error(`errand: the end was not reported: ${inspected(error)}`);
  return exitStatuses.failed;
}

/**
 * Parameters in the environment need no request, and AWS Batch itself reports that the container started. A
 * container that has to request its parameters also sends a heartbeat, which binds the attempt to this
 * container. It stops if the response states that its work is no longer needed.
 */
async function readParameters(
  attempt: Attempt,
  environment: BatchEnvironment,
  everySeconds: number | undefined,
): Promise<unknown> {
  if (environment.parametersJson !== undefined) return readBatchParameters(attempt, environment);
  const heartbeat = sendHeartbeat(attempt, { everySeconds });
  const [parameters] = await Promise.all([readBatchParameters(attempt, environment), heartbeat]);
  attempt.signal.throwIfAborted();
  return parameters;
}

function quarter(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : seconds / 4;
}

/** Resolves `graceSeconds` after the work was stopped. */
async function givenUp(attempt: Attempt, graceSeconds: number): Promise<WorkEnd> {
  await new Promise((resolve) => attempt.signal.addEventListener('abort', resolve));
  await sleep(graceSeconds * 1_000, attempt.closing);
  return { kind: 'given-up' };
}

async function report(
  attempt: Attempt,
  end: WorkEnd,
  heartbeatEverySeconds: number | undefined,
): Promise<number> {
  const cause = attempt.stoppedBy();
  if (cause === 'stale' || cause === 'abort' || cause === 'unauthenticated') return statusOf(cause);
  if (end.kind === 'returned') return complete(attempt, end.result, heartbeatEverySeconds);
  if (cause !== undefined || end.kind === 'given-up') return exitStatuses.stopped;
  return fail(attempt, end.error, heartbeatEverySeconds);
}

function statusOf(cause: StopCause): number {
  if (cause === 'stale') return exitStatuses.done;
  // With status 0, an attempt with an invalid token would count as completed.
  return cause === 'unauthenticated' ? exitStatuses.failed : exitStatuses.stopped;
}

async function complete(
  attempt: Attempt,
  result: unknown,
  heartbeatEverySeconds: number | undefined,
): Promise<number> {
  try {
    await completeAttempt(attempt, { json: toJson(result), maxInlineBytes, heartbeatEverySeconds });
    return exitStatuses.done;
  } catch (error) {
    return fail(attempt, error, heartbeatEverySeconds);
  }
}

async function fail(
  attempt: Attempt,
  error: unknown,
  heartbeatEverySeconds: number | undefined,
): Promise<number> {
  console.error(inspected(error));
  const response = await failAttempt(attempt, error, heartbeatEverySeconds);
  if (response.kind === 'stale') return exitStatuses.done;
  if (response.kind !== 'accepted') console.error(`errand: the failure was not reported: ${response.detail}`);
  return exitStatuses.failed;
}

/** A service that returns nothing has the result null; a function or a symbol has no JSON. */
function toJson(result: unknown): string {
  if (result === undefined) return 'null';
  try {
    const json: string | undefined = JSON.stringify(result);
    if (json !== undefined) return json;
  } catch (cause) {
    throw new ServiceFailure('The result is no JSON.', { type: 'invalid-result', cause });
  }
  throw new ServiceFailure('The result is no JSON.', { type: 'invalid-result' });
}
