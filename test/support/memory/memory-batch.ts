import { defaultLogGroup } from '../../../core/jobs/batch/batch-log.ts';
import {
  type BatchAttempt,
  type BatchDispatcher,
  type BatchJob,
  BatchRejection,
} from '../../../core/ports/batch-dispatcher.ts';

/** The in-memory AWS Batch: nothing runs, and a test sets the state of the jobs. */
export interface MemoryBatch extends BatchDispatcher {
  readonly submissions: readonly BatchAttempt[];
  readonly terminated: readonly { readonly dispatcherId: string; readonly reason: string }[];
  /** Changes a job that has not ended; returns the description by Batch after the change. */
  become(dispatcherId: string, change: Partial<Omit<BatchJob, 'dispatcherId' | 'jobName'>>): BatchJob;
  /** Adds a job that was submitted in another way; replaces the job with that id. */
  put(job: BatchJob): void;
  /** Makes Batch forget a job, as it does after some time. */
  forget(dispatcherId: string): void;
  /** From now on every call throws this error; undefined: calls succeed again. */
  refuse(error: Error | undefined, calls?: readonly (keyof BatchDispatcher)[]): void;
}

/** A definition of this name does not exist; all others exist. */
export const missingDefinition = 'errand-job-missing';

export function memoryBatch(): MemoryBatch {
  const jobs = new Map<string, BatchJob>();
  const submissions: BatchAttempt[] = [];
  const terminated: { dispatcherId: string; reason: string }[] = [];
  let refusal: { readonly error: Error; readonly calls: readonly string[] } | undefined;
  const failIfRefusing = (call: keyof BatchDispatcher) => {
    if (refusal?.calls.includes(call)) throw refusal.error;
  };
  const become: MemoryBatch['become'] = (id, change) => {
    const job = jobs.get(id);
    if (job === undefined) throw new Error(`Batch has no job ${id}`);
    const log = { group: defaultLogGroup, stream: `errand-job/default/${id}` };
    const ran = change.status === 'RUNNING' ? { log } : {};
    const next = hasEnded(job) ? job : { ...job, ...ran, ...change };
    jobs.set(id, next);
    return next;
  };
  return {
    submissions,
    terminated,
    become,
    put: (job) => void jobs.set(job.dispatcherId, jobs.get(job.dispatcherId) ?? job),
    forget: (id) => void jobs.delete(id),
    refuse(error, calls = ['submit', 'find', 'describe', 'terminate']) {
      refusal = error === undefined ? undefined : { error, calls };
    },
    async submit(attempt) {
      failIfRefusing('submit');
      if (attempt.jobDefinition === missingDefinition)
        throw new BatchRejection('There is no such definition');
      submissions.push(attempt);
      const dispatcherId = `batch-${submissions.length}`;
      const { jobName, tenant, claim } = attempt;
      jobs.set(dispatcherId, { dispatcherId, jobName, tenant, claim, status: 'RUNNABLE' });
      return dispatcherId;
    },
    async find(jobName) {
      failIfRefusing('find');
      return [...jobs.values()].findLast((job) => job.jobName === jobName);
    },
    async describe(id) {
      failIfRefusing('describe');
      return jobs.get(id);
    },
    async terminate(dispatcherId, reason) {
      failIfRefusing('terminate');
      terminated.push({ dispatcherId, reason });
      const job = jobs.get(dispatcherId);
      if (job === undefined) return;
      const exit = job.status === 'RUNNING' ? { exitCode: 143 } : {};
      become(dispatcherId, { status: 'FAILED', statusReason: reason, ...exit });
    },
  };
}

function hasEnded({ status }: BatchJob): boolean {
  return status === 'SUCCEEDED' || status === 'FAILED';
}
