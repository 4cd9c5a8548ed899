import type { Attempt } from './attempt.ts';
import { longPauses, type WorkerAnswer } from './call-worker.ts';
import {
  ServiceFailure,
  serviceFailureMessageMaxLength,
  serviceFailureTypeMaxLength,
} from './service-failure.ts';
import { shorten } from './shorten.ts';

/**
 * Ends the attempt as failed: a `ServiceFailure` in its own words, any other error with its message and its name as type.
 * Never rejects.
 */
export function failAttempt(attempt: Attempt, error: unknown): Promise<WorkerAnswer> {
  return attempt.call({ path: '/fail', body: JSON.stringify(describe(error)), pauses: longPauses });
}

function describe(error: unknown) {
  const { message, type, retryable } = wordsOf(error);
  return {
    message: shorten(message.toWellFormed(), serviceFailureMessageMaxLength) || 'The service told no reason.',
    ...(type ? { type: shorten(type.toWellFormed(), serviceFailureTypeMaxLength) } : {}),
    ...(retryable === undefined ? {} : { retryable }),
  };
}

interface Words {
  readonly message: string;
  readonly type?: string | undefined;
  readonly retryable?: boolean;
}

function wordsOf(error: unknown): Words {
  if (error instanceof ServiceFailure) return error;
  if (error instanceof Error) return { message: error.message, type: error.name };
  return { message: String(error) };
}
