import { actionsOf } from '../../contract/job-actions.ts';
import { isUnstarted } from '../../contract/job-state.ts';
import { ProblemError } from '../../contract/problems/problem-error.ts';
import type { JobKey } from '../../ports/job-store.ts';
import { markUsed } from '../../services/mark-used.ts';
import { digestMember } from '../../services/model/definition-digest.ts';
import type { Service } from '../../services/model/service.ts';
import type { Decision } from '../model/decision.ts';
import type { Draft, Job } from '../model/job.ts';
import { firstCheckAt, firstStatus } from '../model/job-start.ts';
import { differsOnlyInWriteMetadata, transitionJob } from '../model/transition-job.ts';
import { idsOf, readInputs } from '../records/job-inputs.ts';
import { missingJob } from '../records/missing-job.ts';
import { requireNotDeleting } from '../records/require-not-deleting.ts';
import { type JobPrecondition, requirePrecondition } from '../records/require-precondition.ts';
import { updateJob } from '../records/update-job.ts';
import { startAttempt } from '../scheduling/start-attempt.ts';
import { mayBecomeDraft, readSubmittedParameters, withContent, withDraftStatus } from './draft-content.ts';
import type { SubmitJobDeps, SubmittedJob } from './submit-job.ts';

export interface StartJobInput {
  readonly key: JobKey;
  readonly meetsPrecondition?: JobPrecondition | undefined;
}

/**
 * `became-ready`: the draft was incomplete and is complete now, which has to be written before its start.
 * `repeated`: an earlier call has started the job.
 */
interface StartResult {
  readonly outcome: 'started' | 'repeated' | 'became-ready' | 'not-ready';
  readonly job: Job;
  readonly service: Service | undefined;
}

/**
 * A draft that became ready is written and then started in another try. More tries are needed only if its
 * service changes during each of them.
 */
const maxTries = 3;

/**
 * Starts a draft. A service version that no job has used may have changed since the draft was last checked, so
 * the parameters and the inputs are checked again, and from now on the service version cannot change. A repeated start returns
 * the job in its current state. Throws `not-found`, `precondition-failed`, `job-not-ready`, and
 * `illegal-transition` for a job that was never a draft or ended before it was started.
 */
export async function startJob(deps: SubmitJobDeps, input: StartJobInput): Promise<SubmittedJob> {
  let { meetsPrecondition } = input;
  for (let tried = 0; tried < maxTries; tried += 1) {
    const { outcome, job, service } = await updateJob(deps.jobs, input.key, async (current) => {
      if (current === undefined) throw await missingJob(deps.jobs, input.key);
      requirePrecondition(meetsPrecondition, current);
      return decideStart(deps, current);
    });
    if (outcome === 'not-ready') throw notReadyProblem(job);
    if (outcome === 'started') return { job: await startNow(deps, job), service, replayed: false };
    // `replayed` reports a known idempotency key, and a start has none.
    if (outcome === 'repeated') return { job, service, replayed: false };
    // The record that this call has just written meets the precondition of its caller, and no other one does.
    meetsPrecondition &&= (current) => current.version === job.version;
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
  const { wakeJob } = await import('./uncommon-submissions.ts');
  return (await wakeJob(deps, { tenant: job.tenant, jobId: job.id })) ?? job;
}

async function decideStart(deps: SubmitJobDeps, job: Job): Promise<Decision<StartResult>> {
  if (!isUnstarted(job.status)) return repeatedStart(deps, job);
  requireNotDeleting(job);
  const { checked, service } = await markUsedAndCheck(deps, job);
  const isIncomplete = checked.draft.missing.length > 0;
  const now = deps.clock.now();
  if (isIncomplete && !mayBecomeDraft(job))
    return { result: { outcome: 'not-ready', job: checked, service } };
  if (isIncomplete || job.status === 'draft') {
    const next = withDraftStatus(checked, now, job.nextCheckAt ?? now);
    const outcome = isIncomplete ? 'not-ready' : 'became-ready';
    const result = { outcome, job: next, service } as const;
    return differsOnlyInWriteMetadata(job, next) ? { result } : { next, result };
  }
  const at = Math.max(now, job.updatedAt);
  const nextCheckAt = firstCheckAt(checked.limits, at, deps.settings.reconcileAfterMs);
  const change = digestMember(service);
  const next = transitionJob(checked, firstStatus(checked), { now, change, nextCheckAt });
  return { next, result: { outcome: 'started', job: next, service } };
}

/**
 * Checks the draft with its current service definition. The service version of a complete draft is marked as
 * used, so that it cannot change between this check and the write that starts the job.
 */
async function markUsedAndCheck(deps: SubmitJobDeps, job: Job) {
  const { tenant, service: reference } = job;
  const submitted = await readSubmittedParameters(deps, job);
  const ids = idsOf(await readInputs(deps, job));
  const content = { reference, submitted, ids, overrides: job.draft?.overrides ?? {} };
  let service = reference === undefined ? undefined : await deps.services.get({ tenant, ...reference });
  for (;;) {
    const checked: Job & { readonly draft: Draft } = await withContent(deps, job, { ...content, service });
    if (service === undefined || checked.draft.missing.length > 0) return { checked, service };
    const marked = await markUsed(deps, service).catch(catchDeletedService);
    if (marked?.outcome === 'marked') return { checked, service: marked.service };
    service = marked?.service;
  }
}

/**
 * Returns undefined for a version that was deleted meanwhile, so that the draft lacks it; rethrows other
 * errors.
 */
function catchDeletedService(error: unknown): undefined {
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

function notReadyProblem(job: Job): ProblemError {
  const missing = job.draft?.missing ?? [];
  const detail = `The draft cannot be started until these members are valid: ${missing.map(({ pointer }) => pointer).join(', ')}`;
  return new ProblemError('job-not-ready', detail, { missing: [...missing] });
}
