import type { ExecutionStarter } from '../../ports/execution-starter.ts';
import type { Log } from '../../ports/log.ts';
import { asError } from '../../std/as-error.ts';
import { executionTypeFor } from '../model/defaults.ts';
import type { Job } from '../model/job.ts';

export interface StartAttemptDeps {
  readonly executions: ExecutionStarter;
  readonly log: Log;
}

export interface StartOptions {
  /** Whole seconds before the claim; default 0. */
  readonly delaySeconds?: number;
  /** The job was queued for capacity and has a turn, from an ended attempt or from a probe; default false. */
  readonly hasTurn?: boolean;
}

/**
 * Starts the execution for the next attempt of a job, or for its current attempt if that waits to be
 * dispatched. A failure is only logged: at `nextCheckAt` the reconciler starts the attempt again.
 */
export async function startAttempt(
  deps: StartAttemptDeps,
  job: Job,
  { delaySeconds = 0, hasTurn = false }: StartOptions = {},
): Promise<void> {
  const input = {
    tenant: job.tenant,
    jobId: job.id,
    // A scheduled attempt is claimed again, because its dispatcher does not have it.
    attempt: job.status === 'scheduled' ? job.attempt : job.attempt + 1,
    start: job.starts,
    delaySeconds,
    ...(hasTurn ? { hasTurn: true as const } : {}),
  };
  try {
    await deps.executions.start(executionTypeFor(job), input);
  } catch (error) {
    deps.log.warn('start-failed', { ...input, error: asError(error) });
  }
}
