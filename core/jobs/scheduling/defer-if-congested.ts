import type { Clock } from '../../ports/clock.ts';
import type { ClaimResult } from '../model/claim-attempt.ts';
import type { Decision } from '../model/decision.ts';
import { capacityReason } from '../model/release-attempt.ts';
import { withWrite } from '../model/transition-job.ts';
import { capacityTarget } from './capacity-target.ts';
import type { ClaimDecision } from './claim-decision.ts';
import type { CongestionCache } from './congestion-cache.ts';

/**
 * Decides to queue a job instead of claiming it for the first time if its target is congested; the caller
 * queues it. This is not a transition, so no event is published, and only the first try writes the waiting
 * reason. All other decisions are returned unchanged.
 */
export async function deferIfCongested(
  { clock, congestion }: { readonly clock: Clock; readonly congestion: CongestionCache },
  { job, service, decision }: ClaimDecision,
): Promise<Decision<ClaimResult>> {
  const isFirstClaim = job.status === 'pending' || job.status === 'retrying';
  if (!decision.result.claimed || !isFirstClaim) return decision;
  const target = capacityTarget(service.definition);
  if (!(await congestion.isCongested(target))) return decision;
  const result = { claimed: false, reason: 'queued', queue: { job, target } } as const;
  if (job.waitingReason?.code === capacityReason.code) return { result };
  return { next: withWrite(job, clock.now(), { waitingReason: capacityReason }), result };
}
