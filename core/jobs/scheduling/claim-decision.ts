import type { Service } from '../../services/model/service.ts';
import type { ClaimResult } from '../model/claim-attempt.ts';
import type { Decision } from '../model/decision.ts';
import type { Job } from '../model/job.ts';

/** A decision about a claim that is about to be written, with the job and its service. */
export interface ClaimDecision {
  readonly job: Job;
  readonly service: Service;
  readonly decision: Decision<ClaimResult>;
}
