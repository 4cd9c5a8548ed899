import { createHash } from 'node:crypto';
import type { JobStatus } from '../../core/contract/job-state.ts';
import type { Submission } from '../../core/contract/schemas/submission-schemas.ts';
import type { Attempt } from './attempt.ts';
import { longPauses, parseObject, type WorkerAnswer } from './call-worker.ts';
import { ServiceFailure } from './service-failure.ts';

export type { JsonObject } from '../../core/contract/json.ts';

/** What a sub-job is asked to do: a submission whose parent is the job itself. */
export type ChildSubmission = Omit<Submission, 'parentId'>;

/** A sub-job as it was when it was submitted, or found again. */
export type Child = { readonly id: string; readonly status: JobStatus };

/** Submits sub-jobs of a job. */
export interface Children {
  /**
   * Submits a sub-job; `name` tells it from its siblings and is its name unless the submission has another. The same name
   * gives the same sub-job in every attempt, so that a second attempt finds what the first one submitted. Throws a
   * `ServiceFailure` of type `child-refused` (not retryable) or `child-unanswered` (retryable), and the signal's reason when
   * the attempt is over.
   */
  submit(name: string, submission: ChildSubmission): Promise<Child>;
}

/** Gives an attempt of a job the means to submit sub-jobs. */
export function childrenOf(attempt: Attempt, jobId: string): Children {
  return {
    async submit(name, submission) {
      const answer = await attempt.call({
        path: '/children',
        body: JSON.stringify({ name, ...submission }),
        idempotencyKey: idempotencyKey(jobId, name),
        pauses: longPauses,
      });
      if (answer.kind === 'accepted') return readChild(answer.text, name);
      attempt.signal.throwIfAborted();
      throw refusal(answer, name);
    },
  };
}

/** Hashed, since a key is printable ASCII of at most 255 characters and a name need not be. */
function idempotencyKey(jobId: string, name: string): string {
  return createHash('sha256').update(`${jobId}\n${name}`).digest('base64url');
}

function readChild(text: string, name: string): Child {
  const { id, status } = parseObject(text);
  if (typeof id !== 'string' || typeof status !== 'string')
    throw new ServiceFailure(`The answer to the submission of the sub-job "${name}" is no job.`, {
      type: 'child-unanswered',
      retryable: true,
    });
  // The service answers no other statuses than those of its contract.
  return { id, status: status as JobStatus };
}

function refusal(answer: Exclude<WorkerAnswer, { kind: 'accepted' }>, name: string): ServiceFailure {
  const refused = answer.kind === 'refused';
  const detail = answer.kind === 'stale' ? 'this attempt is over' : answer.detail;
  return new ServiceFailure(`The sub-job "${name}" was not submitted: ${detail}`, {
    type: refused ? 'child-refused' : 'child-unanswered',
    retryable: !refused,
  });
}
