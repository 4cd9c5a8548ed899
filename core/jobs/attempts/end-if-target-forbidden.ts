import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import { type TargetRules, targetViolations } from '../../services/target-rules.ts';
import type { ClaimResult } from '../model/claim-attempt.ts';
import type { Decision } from '../model/decision.ts';
import { endWithFailure } from '../model/end-job.ts';
import type { ClaimDecision } from '../scheduling/claim-decision.ts';

export interface EndIfTargetForbiddenDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly settings: TargetRules;
}

/**
 * Ends a job instead of claiming it if its stored definition names a forbidden target, because the rules may
 * be newer than the definition. The job is not retried, because no other attempt could run either. All other
 * decisions are returned unchanged.
 */
export function endIfTargetForbidden(
  { clock, log, settings }: EndIfTargetForbiddenDeps,
  { job, service, decision }: ClaimDecision,
): Decision<ClaimResult> {
  const violations = decision.next === undefined ? [] : targetViolations(settings, service);
  if (violations.length === 0) return decision;
  log.warn('target-forbidden', { jobId: job.id, attempt: job.attempt });
  const found = violations.map(({ pointer, detail }) => `${pointer} ${detail}`).join('; ');
  const detail = `The service definition names a target that its jobs may not run: ${found}`;
  const failure = { code: 'misconfigured', detail, retryable: false, attempt: job.attempt } as const;
  return { next: endWithFailure(job, failure, clock.now()), result: { claimed: false } };
}
