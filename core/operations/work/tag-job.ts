import { ProblemError } from '../../contract/problems/problem-error.ts';
import { maxTags } from '../../contract/tags.ts';
import { withWrite } from '../../jobs/model/transition-job.ts';
import { missingJob } from '../../jobs/records/missing-job.ts';
import { updateJob } from '../../jobs/records/update-job.ts';
import type { Clock } from '../../ports/clock.ts';
import type { JobKey, JobStore } from '../../ports/job-store.ts';

interface TagChange {
  readonly addTags: readonly string[];
  readonly removeTags: readonly string[];
}

/**
 * Adds tags to a job and removes others; a job that already has and lacks them is not written. Throws `not-found`, `job-deleted`,
 * and `invalid-request` if the job would have too many tags.
 */
export async function tagJob(
  { jobs, clock }: { readonly jobs: Pick<JobStore, 'get' | 'replace' | 'tombstone'>; readonly clock: Clock },
  key: JobKey,
  { addTags, removeTags }: TagChange,
): Promise<void> {
  await updateJob(jobs, key, async (job) => {
    if (job === undefined) throw await missingJob(jobs, key);
    const kept = job.tags.filter((tag) => !removeTags.includes(tag));
    const added = addTags.filter((tag) => !kept.includes(tag));
    if (kept.length + added.length > maxTags) throw tooManyTags(kept.length + added.length);
    const isUnchanged = kept.length === job.tags.length && added.length === 0;
    if (isUnchanged) return { result: undefined };
    return { next: withWrite(job, clock.now(), { tags: [...kept, ...added] }), result: undefined };
  });
}

function tooManyTags(count: number): ProblemError {
  return new ProblemError(
    'invalid-request',
    `The job would have ${count} tags; a job has at most ${maxTags} tags`,
  );
}
