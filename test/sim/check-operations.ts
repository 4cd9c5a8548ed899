import assert from 'node:assert/strict';
import type { Job } from '../../core/jobs/model/job.ts';
import { treatedJobs } from '../../core/operations/model/operation.ts';
import type { Outcome } from './simulate.ts';
import { type OperationOutcome, operationMark } from './simulated/simulated-operations.ts';

/** Every operation has ended, counts each of its jobs once, and treats each of them at most once. */
export function checkOperations(
  outcomes: readonly OperationOutcome[],
  { jobs, changes, hadFaults }: Pick<Outcome, 'jobs' | 'changes' | 'hadFaults'>,
): void {
  const marked = new Set(changes.flatMap(({ after }) => (isMarked(after) ? [after?.id] : [])));
  for (const outcome of outcomes) {
    const { operation, jobIds, refusals, events } = outcome;
    const { id, status, matched, refused, failed } = operation;
    assert.notEqual(status, 'running', `${id}: has not ended`);
    // Only the list of jobs can abort it.
    assert(status === 'succeeded' || hadFaults, `${id}: ${status}`);
    assert(hadFaults || failed === 0, `${id}: ${failed} jobs failed`);
    assert.equal(new Set(jobIds).size, jobIds.length, `${id}: a job was matched twice`);
    assert.equal(jobIds.length, matched, `${id}: ${matched} jobs matched`);
    if (status === 'succeeded') assert.equal(treatedJobs(operation), matched, `${id}: treated jobs`);
    const refusedIds = refusals.map(({ jobId }) => jobId);
    assert.equal(new Set(refusedIds).size, refused + failed, `${id}: refusals`);
    assert.equal(refusedIds.length, refused + failed, `${id}: repeated refusals`);
    assert(events.length > 0, `${id}: its end was never published`);
    assert.equal(new Set(events.map((event) => JSON.stringify(event))).size, 1, `${id}: different events`);
    if (operation.work.action === 'rerun') checkReruns(outcome, jobs);
    else checkTags(outcome, { jobs, marked });
  }
}

function checkReruns({ operation, jobIds, refusals }: OperationOutcome, jobs: readonly Job[]): void {
  const { id, done, failed } = operation;
  const reruns = jobs.filter(({ name }) => name === operationMark).map(({ rerunOf = '' }) => rerunOf);
  assert.equal(new Set(reruns).size, reruns.length, `${id}: reran a job twice`);
  assert(
    reruns.every((jobId) => jobIds.includes(jobId)),
    `${id}: reran a job that it had not matched`,
  );
  assert(
    reruns.length >= done && reruns.length <= done + failed,
    `${id}: ${reruns.length} reruns, ${done} done`,
  );
  const refused = refusals
    .filter(({ problem }) => problem.slug !== 'internal')
    .map(({ jobId = '' }) => jobId);
  assert(!refused.some((jobId) => reruns.includes(jobId)), `${id}: reran a job that it refused`);
}

const isMarked = (job: Job | undefined) => job?.tags.includes(operationMark) === true;

/** @param marked IDs of the jobs that had the tag at any time: a later edit of a draft may replace its tags */
function checkTags(
  { operation, jobIds, refusals }: OperationOutcome,
  { jobs, marked }: { readonly jobs: readonly Job[]; readonly marked: ReadonlySet<string | undefined> },
): void {
  const { id, status } = operation;
  for (const job of jobs) {
    const marks = job.tags.filter((tag) => tag === operationMark).length;
    const isRefused = refusals.some(({ jobId }) => jobId === job.id);
    const isTagged = jobIds.includes(job.id) && !isRefused;
    assert(marks <= 1, `${id}: ${job.id} has the tag twice`);
    if (status === 'succeeded' && isTagged) assert(marked.has(job.id), `${id}: ${job.id} never had the tag`);
    // A rerun has the tags of its job.
    if (!jobIds.includes(job.id) && job.rerunOf === undefined)
      assert.equal(marks, 0, `${id}: ${job.id} has a tag`);
  }
}
