import type { SlotDefinitions } from '../../contract/schemas/slot-schemas.ts';
import { maxReuseAgeSeconds } from '../../contract/schemas/submission-schemas.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ReusableResults } from '../../ports/reuse/reusable-results.ts';
import type { Job } from '../model/job.ts';
import type { ReadOutputsDeps } from '../outputs/current-outputs.ts';
import { outputsMember } from './outputs-digest.ts';

export interface OfferResultDeps extends ReadOutputsDeps {
  readonly results: Pick<ReusableResults, 'offer'>;
  readonly clock: Pick<Clock, 'now'>;
}

/** The attempt may end a day after its result was offered, if the outcome is recorded late. */
const graceSeconds = 86_400;

/**
 * Offers the result of a job that is about to succeed, so that later submissions can reuse it. It is called before the job is
 * written: whoever knows that the job has succeeded finds its result. If the attempt then ends otherwise, the job is found and not
 * reused. Costs nothing for services that are not deterministic, otherwise one write, and one read if the job has outputs.
 */
export async function offerResult(
  deps: OfferResultDeps,
  job: Job,
  slots: SlotDefinitions | undefined,
): Promise<void> {
  const { tenant, contentDigest, id: jobId } = job;
  if (contentDigest === undefined) return;
  const result = { jobId, ...(await outputsMember(deps, job, slots)) };
  const expiresAtEpochSeconds = Math.ceil(deps.clock.now() / 1000) + maxReuseAgeSeconds + graceSeconds;
  await deps.results.offer({ tenant, contentDigest }, result, expiresAtEpochSeconds);
}
