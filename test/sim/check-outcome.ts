import assert from 'node:assert/strict';
import { isUnstarted, type JobStatus } from '../../core/contract/job-state.ts';
import { stopReasons } from '../../core/jobs/batch/stop-reasons.ts';
import type { Job } from '../../core/jobs/model/job.ts';
import { deadlineOf } from '../../core/jobs/model/time-limits.ts';
import type { EndedStatus } from '../../core/ports/job-counters.ts';
import { asError } from '../../core/std/as-error.ts';
import { reconcileAfterMs } from '../support/jobs/jobs.ts';
import { checkLog } from './check-log.ts';
import { checkOperations } from './check-operations.ts';
import { checkData } from './scenarios/check-data.ts';
import { type Outcome, passIntervalMs } from './simulate.ts';
import type { Client } from './simulated/simulated-client.ts';
import { editionOfDigest, editionOfFunction, sketch } from './simulated/simulated-sketch.ts';
import { checkWebhooks } from './webhooks/checks/check-webhooks.ts';
import { maxSkew } from './world.ts';

/** Throws unless the outcome keeps every promise about jobs; the message names the failing job. */
export function checkOutcome(outcome: Outcome): void {
  const [violation] = outcome.violations;
  assert.ifError(violation);
  for (const client of outcome.clients) checkClient(client, outcome);
  checkAborts(outcome);
  checkRuns(outcome);
  const byId = new Map(outcome.jobs.map((job) => [job.id, job]));
  for (const job of outcome.jobs) {
    about(job, () => {
      checkEnd(job, outcome);
      checkFailures(job);
      checkCapacity(job, outcome);
      checkNeeded(job, byId, outcome);
      checkParent(job, byId, outcome);
      checkDefinition(job, outcome);
    });
  }
  checkDeletions(outcome, byId);
  checkEvents(outcome);
  checkCounters(outcome);
  checkReruns(outcome);
  checkData(outcome);
  checkOperations(outcome.operations, outcome);
  checkWebhooks(outcome);
}

/** The message of the check, with the job. */
function about(job: Pick<Job, 'id'>, check: () => void): void {
  try {
    check();
  } catch (cause) {
    throw new Error(`${job.id}: ${asError(cause).message}`, { cause });
  }
}

/** The longest delay of the start of an execution, in milliseconds. */
const latestStart = 200_000;

/** One pass can be omitted, and one can be slow; a stopping container has a minute. */
const slack = 2 * reconcileAfterMs + 5 * passIntervalMs + 2 * maxSkew;

function checkEnd(job: Job, outcome: Outcome): void {
  const { faultsEndAt, deleted } = outcome;
  // A draft can be deleted before it is started.
  if (deleted.has(job.id) && isUnstarted(job.status)) return;
  const latest = Math.max(deadlineOf(job), faultsEndAt) + slack;
  assert(job.finishedAt !== undefined, `is ${job.status} at the end`);
  checkBegins(job, outcome);
  const hasWaited = job.transitions.some(({ status }) => status === 'pending' || status === 'waiting');
  if (hasWaited) assert(job.finishedAt <= latest, `ended at ${job.finishedAt}, not by ${latest}`);
}

/** A report of Batch about a container that was stopped as a duplicate ends no attempt. */
function checkFailures({ failure, endedAttempts }: Job): void {
  for (const { reason, detail } of [failure, ...endedAttempts.map((one) => one.failure)].filter(isThere))
    assert(
      !`${reason} ${detail}`.includes(stopReasons.superseded),
      `ended by a container that was not its own`,
    );
}

/** A lack of capacity uses up no attempt on Lambda and loses no result that a function returned. */
function checkCapacity(job: Job, { hadFaults, finished }: Outcome): void {
  const ends = [...job.endedAttempts.map(({ failure }) => failure), job.failure].filter(isThere);
  for (const { code, attempt, detail } of ends) {
    // Batch can lack capacity for a container, once it has the attempt.
    const isOfBatch =
      job.dispatcher === 'batch' &&
      !detail.includes('Too Many Requests') &&
      !detail.includes('Rate Exceeded');
    assert(code !== 'capacity' || isOfBatch, `attempt ${attempt} had no capacity`);
    if (hadFaults || code !== 'lost' || detail.includes('reported nothing')) continue;
    assert(!finished.has(`${job.id}/${attempt}`), `attempt ${attempt} is lost, though it returned a result`);
  }
}

function isThere<Value>(value: Value | undefined): value is Value {
  return value !== undefined;
}

/** No attempt starts after a limit of its job, and starts are delayed only by other failures. */
function checkBegins(job: Job, { faultsEndAt, started, hadFaults }: Outcome): void {
  for (const [index, { status, at, attempt }] of job.transitions.entries()) {
    const before = job.transitions[index - 1];
    if (status !== 'executing' || before?.status !== 'pending') continue;
    // The claim checks the limit itself, so only the clocks of the writers make a difference.
    assert(at <= deadlineOf(job) + 2 * maxSkew, `began at ${at}, after its limit of ${deadlineOf(job)}`);
    // A released attempt has waited since it first could start, or since its first claim.
    const first = job.transitions.find((move) =>
      attempt === 1 ? move.status === 'pending' : move.attempt === attempt && isClaimed(move.status),
    );
    const queueEnds = (first ?? before).at + job.limits.queueTimeoutSeconds * 1000;
    assert(at <= queueEnds + 2 * maxSkew, `began at ${at}, after its queue limit of ${queueEnds}`);
  }
  if (job.failure?.code !== 'queue-timeout') return;
  const wasStarted = hadFaults || started.has(`${job.id}/${job.attempt + 1}`);
  assert(wasStarted, `was ended for its queue limit, though nobody had started attempt ${job.attempt + 1}`);
  const late = faultsEndAt + latestStart + slack;
  assert((job.finishedAt ?? 0) < late, `was not started until ${job.finishedAt}, though nothing failed`);
}

function isClaimed(status: JobStatus): boolean {
  return status === 'scheduled' || status === 'executing';
}

/** A job runs only when all of its dependencies have succeeded, and reports a failed dependency. */
function checkNeeded(
  { dependsOn = [], transitions, failure }: Job,
  byId: ReadonlyMap<string, Job>,
  { deleted }: Outcome,
): void {
  if (dependsOn.length === 0) return;
  const needed = dependsOn.map((id) => byId.get(id));
  // A job that is created while its last dependency ends is pending from its creation, and still runs after that end.
  const began = transitions.find(({ status }) => status === 'scheduled' || status === 'executing');
  for (const one of needed) {
    if (began === undefined) break;
    assert.equal(one?.status, 'succeeded', `began, and ${one?.id} is ${one?.status}`);
    assert((one?.finishedAt ?? 0) <= began.at + 2 * maxSkew, `began before ${one?.id} had succeeded`);
  }
  if (failure?.code !== 'dependency-failed') return;
  assert(
    // Until it is started, its dependencies can be deleted.
    needed.some((one) => one?.status !== 'succeeded' || deleted.has(one.id)),
    'all that it needs succeeded',
  );
}

/**
 * A job that was aborted with its parent has an aborted parent. A sub-job with another end ended before the last
 * sub-job was aborted, which is the last write of an abort to the parent.
 */
function checkParent(job: Job, byId: ReadonlyMap<string, Job>, { deleted }: Outcome): void {
  const parent = job.parentId === undefined ? undefined : byId.get(job.parentId);
  if (job.failure?.code === 'aborted-by-parent') assert.equal(parent?.status, 'aborted', 'its parent');
  if (parent?.status !== 'aborted') return;
  if (job.status === 'aborted' || deleted.has(job.id)) return;
  const latest = parent.updatedAt + 2 * maxSkew;
  assert(
    (job.finishedAt ?? latest) <= latest,
    `${job.status} at ${job.finishedAt}, its parent ${parent.updatedAt}`,
  );
}

/** A job runs with the definition that it was accepted with, even if its development version is replaced meanwhile. */
function checkDefinition(job: Job, { runs }: Outcome): void {
  if (job.service?.name !== sketch.name) return;
  const wasStarted = job.transitions.some(({ status }) => status === 'pending' || status === 'waiting');
  assert.equal(job.definitionDigest !== undefined, wasStarted, 'digest of the definition');
  if (job.definitionDigest === undefined) return;
  const edition = editionOfDigest(job.definitionDigest);
  assert(edition !== undefined, 'was accepted with an unknown definition');
  for (const stored of [job.parameters, job.result]) {
    if (stored?.kind !== 'inline') continue;
    const known = JSON.parse(stored.json) as { readonly edition: number }; // the schema requires it
    assert.equal(known.edition, edition, 'has parameters or a result of another definition');
  }
  for (const { jobId, functionName } of runs) {
    if (jobId !== job.id || functionName === undefined) continue;
    assert.equal(editionOfFunction(functionName), edition, `ran ${functionName}`);
  }
  const failures = [job.failure, ...job.endedAttempts.map(({ failure }) => failure)];
  assert(
    !failures.some((failure) => failure?.code === 'invalid-result'),
    'was checked against another schema',
  );
}

/** Every job that a client received exists; a key stands for one job, and at most one response reports it as new. */
function checkClient({ name, hasKey, results: outcomes }: Client, { jobs }: Outcome): void {
  const ids = jobs.filter((job) => job.name === name).map(({ id }) => id);
  const received = [...new Set(outcomes.map(({ jobId }) => jobId))];
  for (const id of received) assert(ids.includes(id), `${id}: was acknowledged and is lost`);
  if (!hasKey) return;
  assert(ids.length <= 1, `${ids[0]}: one key made ${ids.join(', ')}`);
  assert(received.length <= 1, `${received[0]}: one key created ${received.join(', ')}`);
  assert(outcomes.filter(({ replayed }) => !replayed).length <= 1, `${received[0]}: was new twice`);
}

/** An accepted deletion is completed, and a refused one deletes nothing. */
function checkDeletions({ deletions, deleted }: Outcome, byId: ReadonlyMap<string, Job>): void {
  for (const { jobId, result } of deletions) {
    const isAccepted = result === 'deleted' || result === 'deleting';
    assert(!isAccepted || deleted.has(jobId), `${jobId}: was said to be deleted`);
  }
  const accepted = deletions.filter(({ result }) => result !== 'refused');
  const isAsked = (id: string, isBelow: boolean): boolean => {
    if (accepted.some(({ jobId, withChildren }) => jobId === id && (withChildren || !isBelow))) return true;
    const parentId = byId.get(id)?.parentId;
    return parentId !== undefined && isAsked(parentId, true);
  };
  for (const id of deleted) assert(isAsked(id, false), `${id}: was deleted, though that was refused`);
}

/** A reported abort is final, and so is a report that an abort is too late; no other abort occurs. */
function checkAborts({ aborts, jobs }: Outcome): void {
  const received = new Map<string, Set<string>>();
  for (const { jobId, outcome } of aborts)
    received.set(jobId, (received.get(jobId) ?? new Set()).add(outcome));
  for (const { id, status, failure, abort } of jobs) {
    const outcomes = received.get(id) ?? new Set();
    const wasAborted = outcomes.has('aborted') || outcomes.has('aborting');
    if (wasAborted) assert.equal(status, 'aborted', `${id}: ${status}, though it was aborted`);
    if (outcomes.has('already-ended')) assert.notEqual(status, 'aborted', `${id}: aborted after its end`);
    const mayBeAborted = wasAborted || outcomes.has('unknown');
    if (status === 'aborted' && failure?.code === 'aborted') assert(mayBeAborted, `${id}: nobody aborted it`);
    const isAborted = status === 'aborted' && failure?.code !== 'draft-expired';
    assert.equal(abort !== undefined, isAborted, `${id}: abort of a job that is ${status}`);
  }
}

/** Only the holder of an attempt runs it and reports on it, and a result comes from the holder of the last attempt. */
function checkRuns({ runs, jobs }: Outcome): void {
  const holders = new Map<string, string>();
  for (const { kind, jobId, attempt, by } of runs) {
    // Batch can run an attempt twice when the response to its submission was lost; only one run can report.
    if (kind === 'ran-on-batch') continue;
    const key = `${jobId}/${attempt}`;
    assert.equal(holders.get(key) ?? by, by, `${jobId}: two had attempt ${attempt}`);
    holders.set(key, by);
  }
  for (const { id, attempt, result } of jobs) {
    const json = result?.kind === 'inline' ? result.json : 'null';
    if (json === 'null') continue;
    const received = JSON.parse(json) as { readonly attempt: number; readonly by: string }; // the return value of the services
    assert.equal(received.attempt, attempt, `${id}: its result is that of attempt ${received.attempt}`);
    const reporter = holders.get(`${id}/${attempt}`);
    // A worker that lost the response to its last report is not in the list of accepted reports.
    const ran = runs.some((run) => run.jobId === id && run.attempt === attempt && run.by === received.by);
    assert(
      reporter === undefined ? ran : reporter === received.by,
      `${id}: its result is of ${received.by}, not ${reporter}`,
    );
  }
}

/** Every transition of every job was published, and otherwise only deletions. */
function checkEvents({ published, eventLog, jobs, deleted }: Outcome): void {
  const transitions = jobs.flatMap(({ id, transitions }) =>
    transitions.map((_, index) => `${id}/${index + 1}`),
  );
  const deletions = jobs.flatMap(({ id, transitions }) =>
    deleted.has(id) ? [`${id}/${transitions.length + 1}`] : [],
  );
  const wanted = new Set([...transitions, ...deletions]);
  const had = new Set(published);
  for (const id of wanted) assert(had.has(id), `${id}: this event was never published`);
  for (const id of had) assert(wanted.has(id), `${id}: this event belongs to no transition`);
  checkLog(eventLog, wanted);
}

/** Every end was counted once, however often the stream delivered it. */
function checkCounters({ counters, jobs }: Outcome): void {
  for (const status of ['succeeded', 'failed', 'error', 'aborted'] satisfies EndedStatus[]) {
    const counted = counters.reduce((sum, { counts }) => sum + counts[status], 0);
    assert.equal(counted, jobs.filter((job) => job.status === status).length, `${status} jobs counted`);
  }
}

/** Every job names the latest of its reruns, and no other job names one. */
function checkReruns({ jobs, deleted }: Outcome): void {
  const latest = new Map<string, string>();
  for (const { id, rerunOf } of jobs)
    if (rerunOf !== undefined && id > (latest.get(rerunOf) ?? '')) latest.set(rerunOf, id);
  for (const { id, rerunAs } of jobs)
    if (!deleted.has(id)) assert.equal(rerunAs, latest.get(id), `${id}: its latest rerun`);
}
