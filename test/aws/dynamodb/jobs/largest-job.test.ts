import { describe, expect, test } from 'vitest';
import { toItem } from '../../../../aws/dynamodb/job-items/job-item.ts';
import { toItem as toTombstoneItem } from '../../../../aws/dynamodb/job-items/tombstone-item.ts';
import { toEntry } from '../../../../aws/events/event-entry.ts';
import { type FailureCode, failureCodes } from '../../../../core/contract/policy.ts';
import { type Submission, submission } from '../../../../core/contract/schemas/submission-schemas.ts';
import { jobEvents } from '../../../../core/events/job-events.ts';
import { deleteJob } from '../../../../core/jobs/deletion/delete-job.ts';
import { claimAttempt } from '../../../../core/jobs/model/claim-attempt.ts';
import { endAborted } from '../../../../core/jobs/model/end-job.ts';
import type { Job } from '../../../../core/jobs/model/job.ts';
import { settleJob } from '../../../../core/jobs/model/settle-job.ts';
import { transitionJob, withWrite } from '../../../../core/jobs/model/transition-job.ts';
import { updateJob } from '../../../../core/jobs/records/update-job.ts';
import { decideAbort } from '../../../../core/jobs/relations/abort-job.ts';
import { wakeJob } from '../../../../core/jobs/relations/wake-job.ts';
import { maxDraftTransitions } from '../../../../core/jobs/submission/draft-content.ts';
import { editJob } from '../../../../core/jobs/submission/edit-job.ts';
import { startJob } from '../../../../core/jobs/submission/start-job.ts';
import { submitJob } from '../../../../core/jobs/submission/submit-job.ts';
import { recordWorkerReport } from '../../../../core/jobs/worker/record-worker-report.ts';
import { itemSize } from '../../../support/jobs/item-size.ts';
import { jobIdAt } from '../../../support/jobs/job-id.ts';
import { aJob, reconcileAfterMs, someTime } from '../../../support/jobs/jobs.ts';
import { aService, testDeps } from '../../../support/jobs/test-deps.ts';

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html */
const maxItemBytes = 409_600;

/** EventBridge accepts four times as much in one call, and bills an event by steps of this size (https://aws.amazon.com/eventbridge/pricing/). */
const billedEventBytes = 65_536;

/** A character with the longest form in JSON: six bytes. */
const worst = '\u0001';
const codes = Object.keys(failureCodes) as FailureCode[]; // keys of a const object
const neededIds = Array.from({ length: 50 }, (_, index) => jobIdAt(someTime - 1, BigInt(index)));
const parentId = jobIdAt(someTime - 2);
const month = 29 * 86_400_000;

/** The largest submission that the schema accepts. */
const largest: Submission = submission.parse({
  name: worst.repeat(256),
  tags: Array.from({ length: 50 }, () => worst.repeat(128)),
  parameters: { text: 'x'.repeat(4020) },
  metadata: { text: 'x'.repeat(4080) },
  retry: { maxAttempts: 10, backoffSeconds: 0.123456789012, backoffRate: 1.23456789012, retryOn: codes },
  attemptTimeoutSeconds: 604_800,
  queueTimeoutSeconds: 604_800,
  timeoutSeconds: 2_592_000,
  priority: 3600,
  parentId,
  dependsOn: neededIds,
  start: false,
});

/** Ports that measure jobs as they would be stored. */
async function measuredWorld() {
  const deps = testDeps();
  const sizes: number[] = [];
  const measured: typeof deps.jobs = {
    ...deps.jobs,
    async insert(job) {
      sizes.push(itemSize(toItem(job)));
      return deps.jobs.insert(job);
    },
    async replace(job, version, before) {
      sizes.push(itemSize(toItem(job)));
      return deps.jobs.replace(job, version, before);
    },
    async replaceWithTombstone(tombstone, version) {
      sizes.push(itemSize(toTombstoneItem(tombstone)));
      return deps.jobs.replaceWithTombstone(tombstone, version);
    },
  };
  const parameters = { type: 'object', properties: { more: { default: 'y'.repeat(40) } } } as const;
  const dispatcher = { kind: 'batch', jobDefinition: 'any' } as const;
  const indexedMetadata = ['a', 'b', 'c', 'd', 'e'].map((name) => name.padEnd(63, '-'));
  const definition = { parameters, dispatcher, indexedMetadata, heartbeatSeconds: 86_400 };
  await deps.services.insert(aService(definition, { used: true }));
  for (const id of [...neededIds, parentId]) await deps.jobs.insert(aJob({ id }));
  return { deps: { ...deps, jobs: measured }, sizes };
}

type Deps = Awaited<ReturnType<typeof measuredWorld>>['deps'];

const keyOf = ({ tenant, id: jobId }: Job) => ({ tenant, jobId });

async function change(deps: Deps, job: Job, decide: (found: Job) => Job | undefined): Promise<Job> {
  await deps.clock.sleep(5000);
  return updateJob(deps.jobs, keyOf(job), (found) => {
    const next = found && decide(found);
    if (next === undefined) throw new Error('nothing came of it');
    return { next, result: next };
  });
}

/** A job that alternated between draft and ready until it was refused, a month each time. */
async function wornDraft(deps: Deps): Promise<Job> {
  const traceparent = `00-${'ab'.repeat(16)}-${'cd'.repeat(8)}-00`;
  const who = { tenant: 'local', owner: 'o'.repeat(256), traceparent };
  let { job } = await submitJob(deps, { ...who, submission: largest });
  for (let times = 0; times <= 2 * maxDraftTransitions; times += 1) {
    await deps.clock.sleep(month);
    const edit = { service: job.status === 'ready' ? null : 'echo@1.0.0' };
    const edited = editJob(deps, { key: keyOf(job), edit, meetsPrecondition: () => true });
    const answer = await edited.catch((error: unknown) => error as Error);
    if (answer instanceof Error) return job;
    job = answer;
  }
  throw new Error('nobody refused it');
}

/** The job in its last attempt, with the largest reports; nine attempts failed before. */
async function lastAttempt(deps: Deps, draft: Job): Promise<Job> {
  let { job } = await startJob(deps, { key: keyOf(draft) });
  expect(job.waitingReason?.jobIds).toHaveLength(50);
  for (const id of neededIds) {
    const needed = await change(deps, aJob({ id }), (found) =>
      transitionJob(found, 'executing', { now: 0, change: {} }),
    );
    await change(deps, needed, (found) => transitionJob(found, 'succeeded', { now: 0, change: {} }));
  }
  job = (await wakeJob(deps, keyOf(job))) ?? job;
  for (let attempt = 1; attempt <= 10; attempt += 1) {
    job = await report(deps, await claim(deps, job, attempt), attempt);
    if (attempt < 10) job = await change(deps, job, (found) => settled(found, attempt));
  }
  return change(deps, job, (found) => withWrite(found, 0, { hasChildren: true, hasDependents: true }));
}

function claim(deps: Deps, job: Job, attempt: number): Promise<Job> {
  return change(deps, job, (found) => {
    const [executionDigest, tokenDigest] = ['e'.repeat(24), 't'.repeat(43)];
    const now = deps.clock.now();
    return claimAttempt(found, { attempt, executionDigest, tokenDigest, to: 'scheduled', now }).next;
  });
}

/** The longest report of a worker. */
function report(deps: Deps, job: Job, attempt: number): Promise<Job> {
  const caller = { key: keyOf(job), tokenDigest: 't'.repeat(43), workerId: `${attempt}`.padStart(128, 'w') };
  const progress = {
    stepsTotal: 2 ** 53 - 1,
    stepsCompleted: 1,
    completion: 1 / 3,
    message: worst.repeat(1024),
  };
  return change(deps, job, ({ claim, ...found }) => {
    if (claim === undefined) throw new Error('not claimed');
    return recordWorkerReport({ ...found, claim: claim }, caller, { now: deps.clock.now(), progress });
  });
}

/** An end with a message that exceeds the limits of any single report. */
function settled(job: Job, attempt: number): Job | undefined {
  const words = { detail: worst.repeat(200_000), reason: worst.repeat(1000), exitCode: 255 };
  const outcome = { kind: 'failed', code: 'spot-interrupted', ...words } as const;
  const settlement = { attempt, outcome, now: job.updatedAt + 1, jitter: 1, reconcileAfterMs };
  const reportDigest = 'd'.repeat(43);
  return settleJob({ ...job, endedClaim: { tokenDigest: 't'.repeat(43), reportDigest } }, settlement).next;
}

function abortedAtLength(job: Job, now: number): Job | undefined {
  const request = { by: 'b'.repeat(256), reason: worst.repeat(1024), now, mode: 'terminate' } as const;
  return decideAbort(job, request).next;
}

describe('the largest possible job', () => {
  test('can be stored in every state, and so can its tombstone', async () => {
    const { deps, sizes } = await measuredWorld();
    const job = await lastAttempt(deps, await wornDraft(deps));
    const failed = await change(deps, job, (found) => settled(found, 10));
    expect(failed).toMatchObject({ status: 'error', attempt: 10 });
    expect(failed.transitions.length).toBeGreaterThan(maxDraftTransitions + 30);
    const entries = jobEvents(failed, 'https://errand.example').map((event) =>
      toEntry(event, 'errand-events'),
    );
    expect(Math.max(...entries.map(({ sizeBytes }) => sizeBytes))).toBeLessThan(billedEventBytes);
    const about = { by: 'me', withChildren: true, dryRun: false, meetsPrecondition: () => true };
    expect(await deleteJob(deps, { key: keyOf(failed), ...about })).toEqual({ kind: 'deleted' });
    expect(Math.max(...sizes)).toBeGreaterThan(maxItemBytes / 2);
    expect(Math.max(...sizes)).toBeLessThan((maxItemBytes * 2) / 3);
  });

  test('can be aborted when the message of its last attempt is long', async () => {
    const { deps, sizes } = await measuredWorld();
    const job = await lastAttempt(deps, await wornDraft(deps));
    const aborting = await change(deps, job, (found) => abortedAtLength(found, deps.clock.now()));
    expect(aborting).toMatchObject({ status: 'aborting', cascade: { kind: 'abort-children' } });
    const aborted = await change(deps, job, (found) => endAborted(found, deps.clock.now()));
    expect(aborted.status).toBe('aborted');
    expect(Math.max(...sizes)).toBeLessThan(maxItemBytes);
  });
});
