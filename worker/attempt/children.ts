import { createHash } from 'node:crypto';
import type { JobStatus } from '../../core/contract/job-state.ts';
import type { Submission } from '../../core/contract/schemas/submission-schemas.ts';
import type { Attempt } from './attempt.ts';
import { longPauses, parseObject, type WorkerResponse } from './call-worker.ts';
import { ServiceFailure } from './service-failure.ts';

export type { JsonObject } from '../../core/contract/json.ts';

/** The submission of a sub-job, whose parent is the job itself. */
export type ChildSubmission = Omit<Submission, 'parentId'>;

/** A sub-job at the time when it was submitted or found. */
export type Child = { readonly id: string; readonly status: JobStatus };

/** Submits sub-jobs of a job. */
export interface Children {
  /**
   * Submits a sub-job. `name` identifies it among its siblings and is its name unless the submission has
   * another. The same name refers to the same sub-job in every attempt, so that a second attempt finds the
   * sub-jobs of the first. Throws a `ServiceFailure` of type `child-refused` (not retryable) or
   * `child-unanswered` (retryable), and the signal's reason when the attempt has ended.
   */
  submit(name: string, submission: ChildSubmission): Promise<Child>;
}

/** Creates the interface through which an attempt submits sub-jobs. */
export function childrenOf(attempt: Attempt, jobId: string): Children {
  return {
    async submit(name, submission) {
      const response = await attempt.call({
        path: '/children',
        body: JSON.stringify({ name, ...submission }),
        idempotencyKey: idempotencyKey(jobId, name),
        pauses: longPauses,
      });
      if (response.kind === 'accepted') return readChild(response.text, name);
      attempt.signal.throwIfAborted();
      throw refusal(response, name);
    },
  };
}

/** Hashes the name, because a key must be printable ASCII of at most 255 characters. */
function idempotencyKey(jobId: string, name: string): string {
  return createHash('sha256').update(`${jobId}\n${name}`).digest('base64url');
}

function readChild(text: string, name: string): Child {
  const { id, status } = parseObject(text);
  if (typeof id !== 'string' || typeof status !== 'string')
    throw new ServiceFailure(`The response to the submission of the sub-job "${name}" contains no job.`, {
      type: 'child-unanswered',
      retryable: true,
    });
  // Errand returns only statuses of its contract.
  return { id, status: status as JobStatus };
}

function refusal(response: Exclude<WorkerResponse, { kind: 'accepted' }>, name: string): ServiceFailure {
  const refused = response.kind === 'refused';
  const detail = response.kind === 'stale' ? 'this attempt has ended' : response.detail;
  return new ServiceFailure(`The sub-job "${name}" was not submitted: ${detail}`, {
    type: refused ? 'child-refused' : 'child-unanswered',
    retryable: !refused,
  });
}
