import { actionsOf } from '../../contract/job-actions.ts';
import { isUnstarted } from '../../contract/job-state.ts';
import { ProblemError } from '../../contract/problems/problem-error.ts';
import type { JobKey } from '../../ports/job-store.ts';
import { markUsed } from '../../services/mark-used.ts';
import type { Service } from '../../services/model/service.ts';
import type { Decision } from '../model/decision.ts';
import type { Draft, Job } from '../model/job.ts';
import { firstCheckAt, firstStatus } from '../model/job-start.ts';
import { differsOnlyInWriteMetadata, transitionJob } from '../model/transition-job.ts';
import { checkPrecondition, type JobExpectation } from '../records/check-precondition.ts';
import { missingJob } from '../records/missing-job.ts';
import { refuseDeleting } from '../records/refuse-deleting.ts';
import { updateJob } from '../records/update-job.ts';
import { startAttempt } from '../scheduling/start-attempt.ts';
import { composeDraft, mayBecomeDraft, submittedOf, writeDraft } from './build-draft.ts';
import type { SubmitJobDeps, SubmittedJob } from './submit-job.ts';

export interface StartJobInput {
  readonly key: JobKey;
  readonly isExpected?: JobExpectation | undefined;
}

/** `judged`: the state of the draft changed with its service, and this has to be written before the start. */
interface StartResult {
  readonly outcome: 'started' | 'repeated' | 'judged' | 'not-ready';
  readonly job: Job;
  readonly service: Service | undefined;
}

/**
 * A draft that becomes ready while it is started needs another round; its service would have to change in
 * each.
 */
const maxRounds = 3;

/**
 * Starts a draft. Its version may have changed since if no job has used it: the parameters are checked again,
 * and from now on the version cannot change. A repeated start returns the job in its current state. Throws
 * `not-found`, `precondition-failed`, `job-not-ready`, and `illegal-transition` for a job that was never a
 * draft or ended before it was started.
 */
export async function startJob(deps: SubmitJobDeps, input: StartJobInput): Promise<SubmittedJob> {
  let { isExpected } = input;
  for (let round = 0; round < maxRounds; round += 1) {
    const { outcome, job, service } = await updateJob(deps.jobs, input.key, async (found) => {
      if (found === undefined) throw await missingJob(deps.jobs, input.key);
      checkPrecondition(isExpected, found);
      return decideStart(deps, found);
    });
    if (outcome === 'not-ready') throw notReady(job);
    if (outcome === 'started') return { job: await startNow(deps, job), service, replayed: false };
    if (outcome === 'repeated') return { job, service, replayed: false };
    // The version that this call itself has written meets the precondition of its caller.
    isExpected &&= (found) => found.version === job.version;
  }
  throw new ProblemError(
    'unavailable',
    `The service of the job ${input.key.jobId} keeps changing; try again`,
  );
}

/** Returns the started job. If this call dies before, the reconciler starts the job. */
async function startNow(deps: SubmitJobDeps, job: Job): Promise<Job> {
  if (job.status === 'pending') await startAttempt(deps, job);
  if (job.status !== 'waiting') return job;
  const { wakeJob } = await import('../relations/wake-job.ts');
  return (await wakeJob(deps, { tenant: job.tenant, jobId: job.id })) ?? job;
}

async function decideStart(deps: SubmitJobDeps, job: Job): Promise<Decision<StartResult>> {
  if (!isUnstarted(job.status)) return repeatedStart(deps, job);
  refuseDeleting(job);
  const { draft, service } = await markUsedAndCheck(deps, job);
  const now = deps.clock.now();
  if (draft.draft.missing.length > 0 && !mayBecomeDraft(job))
    return { result: { outcome: 'not-ready', job: draft, service } };
  if (draft.draft.missing.length > 0 || job.status === 'draft') {
    const next = writeDraft(draft, now, job.nextCheckAt ?? now);
    const outcome = draft.draft.missing.length > 0 ? 'not-ready' : 'judged';
    const result = { outcome, job: next, service } as const;
    return differsOnlyInWriteMetadata(job, next) ? { result } : { next, result };
  }
  const from = Math.max(now, job.updatedAt);
  const nextCheckAt = firstCheckAt(draft.limits, from, deps.settings.reconcileAfterMs);
  const next = transitionJob(draft, firstStatus(draft), { now, change: {}, nextCheckAt });
  return { next, result: { outcome: 'started', job: next, service } };
}

/**
 * Checks the draft with its current service definition. The version of a complete draft is marked as used, so
 * that it cannot change between this check and the write that starts the job.
 */
async function markUsedAndCheck(deps: SubmitJobDeps, job: Job) {
  const { tenant, service: reference } = job;
  const submitted = await submittedOf(deps, job);
  const content = { reference, submitted, overrides: job.draft?.overrides ?? {} };
  let service = reference === undefined ? undefined : await deps.services.get({ tenant, ...reference });
  for (;;) {
    const draft: Job & { readonly draft: Draft } = await composeDraft(deps, job, { ...content, service });
    if (service === undefined || draft.draft.missing.length > 0) return { draft, service };
    const marked = await markUsed(deps, service).catch(asDeletedService);
    if (marked?.outcome === 'marked') return { draft, service: marked.service };
    service = marked?.service;
  }
}

/** A version that was deleted since is missing in the draft. */
function asDeletedService(error: unknown): undefined {
  if (error instanceof ProblemError && error.slug === 'service-not-found') return undefined;
  throw error;
}

/** The response to a start may have been lost: a repeated start returns the job in its current state. */
async function repeatedStart(deps: SubmitJobDeps, job: Job): Promise<Decision<StartResult>> {
  const [first] = job.transitions;
  const wasStarted = job.transitions.some(({ status }) => status === 'pending' || status === 'waiting');
  if (first === undefined || !isUnstarted(first.status) || !wasStarted) {
    const detail = `Only a job that is ready can be started; the job is ${job.status}`;
    throw new ProblemError('illegal-transition', detail, { actions: actionsOf(job.status) });
  }
  const service = job.service && (await deps.services.get({ tenant: job.tenant, ...job.service }));
  return { result: { outcome: 'repeated', job, service } };
}

function notReady(job: Job): ProblemError {
  const missing = job.draft?.missing ?? [];
  const detail = `The draft cannot be started until these members are valid: ${missing.map(({ pointer }) => pointer).join(', ')}`;
  return new ProblemError('job-not-ready', detail, { missing: [...missing] });
}
