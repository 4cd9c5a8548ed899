import assert from 'node:assert/strict';
import {
  initialStatuses,
  isAllowedTransition,
  isTerminal,
  type JobStatus,
} from '../../../core/contract/job-state.ts';
import { failureCodes } from '../../../core/contract/policy.ts';
import type { Job } from '../../../core/jobs/model/job.ts';
import { deadlineOf } from '../../../core/jobs/model/time-limits.ts';

const badEnds: readonly string[] = ['failed', 'error', 'aborted'];
const drafting: readonly JobStatus[] = ['draft', 'ready'];
const claimable: readonly JobStatus[] = ['pending', 'retrying'];

/** Throws unless the store may contain the job. */
export function checkJob(job: Job): void {
  checkTransitions(job);
  checkReuse(job);
  checkAttempts(job);
  checkAbort(job);
  if (isTerminal(job.status)) checkEnded(job);
  else checkOpen(job);
  assert.deepEqual(JSON.parse(JSON.stringify(job)), job, 'a member is undefined');
}

/** Throws unless one write may change `before` to `after`. */
export function checkWrite(before: Job, after: Job): void {
  assert.equal(after.version, before.version + 1);
  atLeast(after.updatedAt, before.updatedAt, 'updatedAt');
  assert.deepEqual(
    after.transitions.slice(0, before.transitions.length),
    before.transitions,
    'the past was changed',
  );
  among(after.transitions.length - before.transitions.length, [0, 1], 'transitions');
  among(after.attempt - before.attempt, isReleased(before, after) ? [-1] : [0, 1], 'attempt');
  assert.deepEqual(after.endedAttempts.slice(0, before.endedAttempts.length), before.endedAttempts);
  assert.deepEqual(unchanging(after), unchanging(before));
  if (isTerminal(before.status)) assert.deepEqual(outcome(after), outcome(before), 'an end was changed');
  if (!drafting.includes(before.status)) assert.deepEqual(wanted(after), wanted(before));
  assert((after.rerunAs ?? '') >= (before.rerunAs ?? ''), 'an earlier rerun replaced a later one');
  checkProgress(before, after);
  checkTokens(before, after);
  checkEvents(before, after);
}

/** An attempt that was refused for lack of capacity releases its number. */
function isReleased(before: Pick<Job, 'status'>, after: Pick<Job, 'status'>): boolean {
  return ['scheduled', 'executing'].includes(before.status) && after.status === 'pending';
}

/** No event is published for a write that leaves a job `scheduled` with a dispatcher's id. */
function checkEvents(before: Job, after: Job): void {
  if (after.status !== 'scheduled' || after.dispatcherId === undefined) return;
  assert.equal(
    after.transitions.length,
    before.transitions.length,
    'a write without an event has a transition',
  );
}

/** An issued token is recognized until 20 newer ones were issued. */
function checkTokens(
  { issuedTokenFingerprints: known = [] }: Job,
  { issuedTokenFingerprints: now = [] }: Job,
): void {
  const earlier = now.length === known.length + 1 ? now.slice(0, -1) : now;
  const moved = known.length === 20 && now.length === 20 && now[0] !== known[0];
  assert.deepEqual(moved ? now.slice(0, -1) : earlier, moved ? known.slice(1) : known);
}

/** The members that no write changes. */
function unchanging({
  tenant,
  id,
  requestedAt,
  traceparent,
  owner,
  rerunOf,
  reusedFrom,
  parentId,
  dependsOn,
}: Job) {
  return { tenant, id, requestedAt, traceparent, owner, rerunOf, reusedFrom, parentId, dependsOn };
}

/** The members that only an edit of a draft changes. */
function wanted({ service, definitionDigest, parameters, policy, limits, priority, indexedMetadata }: Job) {
  return { service, definitionDigest, parameters, policy, limits, priority, indexedMetadata };
}

/** The members that stay when a job has ended. */
function outcome({
  status,
  transitions,
  result,
  failure,
  attempt,
  endedAttempts,
  finishedAt,
  startedAt,
}: Job) {
  return { status, transitions, result, failure, attempt, endedAttempts, finishedAt, startedAt };
}

function checkProgress(before: Job, after: Job): void {
  if (before.attempt !== after.attempt || after.status === 'retrying') return;
  atLeast(after.progress?.completion ?? 0, before.progress?.completion ?? 0, 'completion');
}

/** Only a job that has the result of another one succeeds without an attempt. */
function checkReuse({ reusedFrom, reusedAttempt, attempt, startedAt, transitions }: Job): void {
  const states = transitions.map(({ status }) => status).join(' ');
  assert.equal(reusedFrom !== undefined, states.endsWith('pending succeeded'), states);
  if (reusedFrom === undefined) assert.equal(reusedAttempt, undefined);
  else assert.deepEqual([states, attempt, startedAt], ['pending succeeded', 0, undefined]);
}

function checkTransitions(job: Job): void {
  const { transitions } = job;
  const [first] = transitions;
  assert(first !== undefined, 'no move');
  among(first.status, initialStatuses, 'first state');
  assert.equal(first.attempt, 0);
  atLeast(first.at, job.requestedAt, 'first move');
  const last = transitions.at(-1);
  assert.deepEqual([last?.status, last?.attempt], [job.status, job.attempt]);
  atLeast(job.version, transitions.length, 'version');
  atLeast(job.updatedAt, last?.at ?? Number.NaN, 'updatedAt');
  for (const [index, move] of transitions.slice(1).entries()) {
    const previous = transitions[index];
    if (previous === undefined) throw new Error('moves has a hole');
    assert(isAllowedTransition(previous.status, move.status), `${previous.status} to ${move.status}`);
    atLeast(move.at, previous.at, 'move');
    const claims = claimable.includes(previous.status) && ['scheduled', 'executing'].includes(move.status);
    const step = claims ? 1 : isReleased(previous, move) ? -1 : 0;
    assert.equal(move.attempt - previous.attempt, step, `attempt at ${move.status}`);
  }
}

function checkAttempts(job: Job): void {
  assert(job.attempt <= job.policy.maxAttempts, `attempt ${job.attempt} of ${job.policy.maxAttempts}`);
  const ended = job.transitions.filter(({ status }) => status === 'retrying').map(({ attempt }) => attempt);
  assert.deepEqual(
    job.endedAttempts.map(({ number }) => number),
    ended,
  );
  assert.deepEqual(
    ended,
    ended.map((_, index) => index + 1),
  );
  for (const { number, startedAt, finishedAt, failure } of job.endedAttempts) {
    atLeast(finishedAt, startedAt, 'end of an attempt');
    assert.deepEqual([failure.attempt, failure.retryable], [number, true]);
  }
  if (job.startedAt !== undefined) atLeast(job.startedAt, job.requestedAt, 'startedAt');
}

function checkAbort({ status, abort, requestedAt, updatedAt }: Job): void {
  if (abort === undefined) return;
  among(status, ['aborting', 'aborted'], 'state of a job with an abort');
  atLeast(abort.requestedAt, requestedAt, 'abort');
  atLeast(updatedAt, abort.requestedAt, 'abort');
}

function checkEnded(job: Job): void {
  assert.equal(job.finishedAt, job.transitions.at(-1)?.at);
  for (const member of ['claim', 'nextAttemptAt', 'draft', 'waitingReason'] as const)
    assert.equal(job[member], undefined, `${member} in ${job.status}`);
  // Only work on other jobs schedules a check of an ended job.
  assert.equal(job.nextCheckAt !== undefined, job.cascade !== undefined, `dueAt in ${job.status}`);
  assert.equal(job.failure !== undefined, badEnds.includes(job.status), `failure in ${job.status}`);
  assert.equal(job.result !== undefined, job.status === 'succeeded', `result in ${job.status}`);
  if (job.failure !== undefined) assert.equal(failureCodes[job.failure.code].status, job.status);
}

function checkOpen(job: Job): void {
  assert(job.nextCheckAt !== undefined, `a job that is ${job.status} has no next check`);
  for (const member of ['finishedAt', 'failure', 'result'] as const)
    assert.equal(job[member], undefined, `${member} in ${job.status}`);
  const mayReport = ['scheduled', 'executing', 'aborting'].includes(job.status);
  // An attempt without a dispatcher can lose its claim, and its job can then be aborted as well.
  const isUnclaimed = job.claim === undefined && ['scheduled', 'aborting'].includes(job.status);
  if (!isUnclaimed) assert.equal(job.claim !== undefined, mayReport, `claim in ${job.status}`);
  if (!mayReport) assert.equal(job.log, undefined, `log in ${job.status}`);
  assert.equal(job.draft !== undefined, drafting.includes(job.status), `draft in ${job.status}`);
  assert.equal(job.nextAttemptAt !== undefined, job.status === 'retrying', `nextAttemptAt in ${job.status}`);
  if (job.nextAttemptAt !== undefined) assert(job.nextAttemptAt < deadlineOf(job), 'a retry after the limit');
}

function atLeast(value: number, bound: number, what: string): void {
  assert(value >= bound, `${what}: ${value} is below ${bound}`);
}

function among<Value>(value: Value, allowed: readonly Value[], what: string): void {
  assert(allowed.includes(value), `${what}: ${String(value)} is none of ${allowed.join(', ')}`);
}
