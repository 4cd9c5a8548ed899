import type { Clock } from '../../ports/clock.ts';
import type { Service } from '../../services/model/service.ts';
import type { ClaimResult } from '../model/claim-attempt.ts';
import type { Decision } from '../model/decision.ts';
import type { Job } from '../model/job.ts';
import { noCapacity } from '../model/release-attempt.ts';
import { touchJob } from '../model/transition-job.ts';
import { capacityTarget } from './capacity-target.ts';
import type { KnownCongestion } from './known-congestion.ts';

/** A claim decision that is about to be written, with the service of the job. */
interface ClaimDecision {
  readonly job: Job;
  readonly service: Service;
  readonly decision: Decision<ClaimResult>;
}

/**
 * Queues a job instead of claiming it for the first time if its target is congested. This is not a
 * transition, so no event is published, and only the first try writes the waiting reason. All other decisions
 * are returned unchanged.
 */
export async function queueInstead(
  { clock, congestion }: { readonly clock: Clock; readonly congestion: KnownCongestion },
  { job, service, decision }: ClaimDecision,
): Promise<Decision<ClaimResult>> {
  const isFirstClaim = job.status === 'pending' || job.status === 'retrying';
  if (!decision.result.claimed || !isFirstClaim) return decision;
  const target = capacityTarget(service.definition);
  if (!(await congestion.has(target))) return decision;
  const queue = { job, target };
  const isKnown = job.waitingReason?.code === noCapacity.code;
  const next = isKnown ? {} : { next: touchJob(job, clock.now(), { waitingReason: noCapacity }) };
  return { ...next, result: { claimed: false, queue } };
}
