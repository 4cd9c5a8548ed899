import type { Attempt } from './attempt.ts';
import { longPauses, type WorkerResponse } from './call-worker.ts';
import { describeThrown } from './describe-thrown.ts';
import { endingTimeout } from './heartbeat.ts';
import { serviceFailureMessageMaxLength, serviceFailureTypeMaxLength } from './service-failure.ts';
import { shorten } from './shorten.ts';

/**
 * Ends the attempt as failed: with the message and type of a `ServiceFailure`, or with the message of any
 * other error and its name as type. Never rejects, regardless of the thrown value.
 */
export function failAttempt(
  attempt: Attempt,
  thrown: unknown,
  heartbeatEverySeconds?: number,
): Promise<WorkerResponse> {
  return attempt.call({
    path: '/fail',
    body: JSON.stringify(describe(thrown)),
    pauses: longPauses,
    tryTimeoutSeconds: endingTimeout(heartbeatEverySeconds),
  });
}

function describe(thrown: unknown) {
  const { message, type, retryable } = describeThrown(thrown);
  return {
    message:
      shorten(message, serviceFailureMessageMaxLength).toWellFormed() || 'The service reported no reason.',
    ...(type ? { type: shorten(type, serviceFailureTypeMaxLength).toWellFormed() } : {}),
    ...(retryable === undefined ? {} : { retryable }),
  };
}
