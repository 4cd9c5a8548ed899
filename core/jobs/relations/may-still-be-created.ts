import type { JobLink } from '../../ports/job-links.ts';

/**
 * How long after its link a job may still be stored: a function that creates jobs runs at most 15 minutes
 * (https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html).
 */
export const creationWindowMs = 15 * 60_000;

/** Returns whether the missing job of a link may still be created. */
export function mayStillBeCreated({ madeAt }: Pick<JobLink, 'madeAt'>, now: number): boolean {
  return now - madeAt < creationWindowMs;
}
