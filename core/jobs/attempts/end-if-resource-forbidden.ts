import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import { type ResourceNameRules, resourceViolations } from '../../services/resource-name-rules.ts';
import type { ClaimResult } from '../model/claim-attempt.ts';
import type { Decision } from '../model/decision.ts';
import { endWithFailure } from '../model/end-job.ts';
import type { ClaimDecision } from '../scheduling/claim-decision.ts';

export interface EndIfResourceForbiddenDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly settings: ResourceNameRules;
}

/**
 * Ends a job instead of claiming it if its stored definition names a forbidden resource, because the rules may
 * be newer than the definition. The job is not retried, because no other attempt could run either. All other
 * decisions are returned unchanged.
 */
export function endIfResourceForbidden(
  { clock, log, settings }: EndIfResourceForbiddenDeps,
  { job, service, decision }: ClaimDecision,
): Decision<ClaimResult> {
  const violations = decision.next === undefined ? [] : resourceViolations(settings, service);
  if (violations.length === 0) return decision;
  // The event keeps the name on which filters of operators depend.
  log.warn('target-forbidden', { jobId: job.id, attempt: job.attempt });
  const found = violations.map(({ pointer, detail }) => `${pointer} ${detail}`).join('; ');
  const detail = `The service definition names a resource that its jobs may not run: ${found}`;
  const failure = { code: 'misconfigured', detail, retryable: false, attempt: job.attempt } as const;
  const result = { claimed: false, reason: 'resource-forbidden' } as const;
  return { next: endWithFailure(job, failure, clock.now()), result };
}
