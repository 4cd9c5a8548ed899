import type { Attempt } from './attempt.ts';
import { longPauses, type WorkerAnswer } from './call-worker.ts';
import { describeThrown } from './describe-thrown.ts';
import { endingTimeout } from './heartbeat.ts';
import { serviceFailureMessageMaxLength, serviceFailureTypeMaxLength } from './service-failure.ts';
import { shorten } from './shorten.ts';

/**
 * Ends the attempt as failed: a `ServiceFailure` in its own words, any other error with its message and its name as type.
 * Never rejects, whatever was thrown.
 */
export function failAttempt(
  attempt: Attempt,
  thrown: unknown,
  heartbeatEverySeconds?: number,
): Promise<WorkerAnswer> {
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
    message: shorten(message, serviceFailureMessageMaxLength).toWellFormed() || 'The service told no reason.',
    ...(type ? { type: shorten(type, serviceFailureTypeMaxLength).toWellFormed() } : {}),
    ...(retryable === undefined ? {} : { retryable }),
  };
}
