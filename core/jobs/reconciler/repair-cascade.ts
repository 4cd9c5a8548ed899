import { isTerminal } from '../../contract/job-state.ts';
import type { Decision } from '../model/decision.ts';
import type { Job } from '../model/job.ts';
import { touchJob } from '../model/move-job.ts';
import { type Look, nothingToRepair, type Repair } from './repair.ts';

/** Whether it is its work on other jobs that a due job is to be looked at for. */
export function hasWorkLeft({ status, cascade }: Job): boolean {
  return cascade !== undefined && (isTerminal(status) || cascade.kind === 'delete');
}

/** Goes on with the work on other jobs; the next look is put off first, so that one follows when this one dies. */
export function repairCascade(job: Job, look: Look): Decision<Repair> {
  if (job.cascade === undefined) return nothingToRepair;
  const next = touchJob(job, look.now, { dueAt: look.now + look.lookAfter });
  return { next, answer: { cause: job.cascade.kind, cascade: next } };
}
