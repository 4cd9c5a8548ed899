import { workerToken } from '../../access/model/worker-token.ts';
import type { JobStore } from '../../ports/job-store.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { Random } from '../../ports/random.ts';
import type { ServiceStore } from '../../ports/service-store.ts';
import type { Settings } from '../../ports/settings.ts';
import type { Service } from '../../services/model/service.ts';
import type { ResourceNameRules } from '../../services/resource-name-rules.ts';
import { digest } from '../../std/digest.ts';
import { type ClaimRequest, type ClaimResult, claimAttempt, mayClaim } from '../model/claim-attempt.ts';
import type { Decision } from '../model/decision.ts';
import { executionDigest } from '../model/execution-digest.ts';
import type { DispatcherKind, Job } from '../model/job.ts';
import { requireServiceOf } from '../records/accepted-definition.ts';
import { readJson, sizeOf } from '../records/stored-json.ts';
import { updateJob } from '../records/update-job.ts';
import { deferIfCongested } from '../scheduling/defer-if-congested.ts';
import { type CapacityDeps, queueJob } from '../scheduling/queue-job.ts';
import { type EndIfResourceForbiddenDeps, endIfResourceForbidden } from './end-if-resource-forbidden.ts';

export interface DispatchAttemptDeps extends EndIfResourceForbiddenDeps, CapacityDeps {
  readonly jobs: JobStore;
  readonly services: ServiceStore;
  readonly objects: ObjectStore;
  readonly random: Random;
  readonly settings: ResourceNameRules & Pick<Settings, 'workerBaseUrl'>;
}

export interface DispatchAttemptInput {
  readonly tenant: string;
  readonly jobId: string;
  readonly attempt: number;
  /** The id of the execution; the same execution may call again. */
  readonly executionId: string;
  /**
   * When the execution entered its state `Dispatch`, as Step Functions reports it. It distinguishes the two
   * runs of an Express execution that Step Functions runs twice.
   */
  readonly enteredAt?: string | undefined;
  /** `ExecutionInput.start`. */
  readonly startNumber?: number | undefined;
  /** `ExecutionInput.hasTurn`; default false. */
  readonly hasTurn?: boolean | undefined;
}

/** The next step of the attempt state machine. */
export type Dispatch =
  | { readonly route: 'none' }
  | {
      readonly route: 'lambda';
      readonly tenant: string;
      readonly jobId: string;
      readonly attempt: number;
      readonly functionName: string;
      readonly attemptTimeoutSeconds: number;
      readonly payload: unknown;
    }
  | {
      readonly route: 'batch';
      readonly tenant: string;
      readonly jobId: string;
      readonly attempt: number;
      readonly worker: WorkerAccess;
    };

/** The URL to which the worker of an attempt reports, and its token. */
export interface WorkerAccess {
  readonly url: string;
  readonly token: string;
}

/** Larger parameters are passed by URL: the input of a Step Functions state is limited to 262,144 bytes. */
const maxPassedBytes = 102_400;
/** The function is invoked at once, and reads the parameters first. */
const urlLifetimeSeconds = 900;

/**
 * Claims an attempt for the calling execution and returns what to run. A refused execution gets `none` and
 * ends silently. A job whose service names a resource that its tenant may not run is ended, and its execution
 * gets `none` too. A job whose target is congested is queued, unless it has a turn. Throws if the service
 * definition is missing, which never happens to a used one.
 */
export async function dispatchAttempt(
  deps: DispatchAttemptDeps,
  input: DispatchAttemptInput,
): Promise<Dispatch> {
  const token = workerToken(input.tenant, deps.random.secret());
  const request = {
    attempt: input.attempt,
    executionDigest: executionDigest(input.executionId, input.enteredAt),
    tokenDigest: digest(token),
    startNumber: input.startNumber,
  };
  const { claim, service } = await updateJob<Claimed>(deps.jobs, input, async (job) => {
    if (!mayClaim(job, input.attempt))
      return { result: { claim: { claimed: false, reason: 'not-available' } } };
    const found = await requireServiceOf(deps.services, job);
    const decision = await decideClaim(deps, {
      job,
      service: found,
      hasTurn: input.hasTurn === true,
      request,
    });
    return { ...decision, result: { claim: decision.result, service: found } };
  });
  if (!claim.claimed) {
    if (claim.reason === 'queued') await queueJob(deps, claim.queue.target, claim.queue.job);
    deps.log.info('not-claimed', { jobId: input.jobId, attempt: input.attempt, reason: claim.reason });
  }
  if (!claim.claimed || service === undefined) return { route: 'none' };
  const worker = { url: `${deps.settings.workerBaseUrl}/v1/worker/jobs/${claim.job.id}`, token };
  const claimed = { job: claim.job, service, worker };
  return describeDispatch(deps, claimed).catch((error: unknown) =>
    routeNoneIfClaimLost(deps, claim.job, error),
  );
}

/** The result of a claim, with the service of the job if the attempt could be claimed. */
interface Claimed {
  readonly claim: ClaimResult;
  readonly service?: Service;
}

interface ClaimInput {
  readonly job: Job;
  readonly service: Service;
  readonly hasTurn: boolean;
  readonly request: Omit<ClaimRequest, 'to' | 'now'>;
}

/** The state of a claimed attempt: AWS Batch has to provision a container first, Lambda runs immediately. */
const claimedStates = { lambda: 'executing', batch: 'scheduled' } as const satisfies Readonly<
  Record<DispatcherKind, ClaimRequest['to']>
>;

async function decideClaim(
  deps: DispatchAttemptDeps,
  { job, service, hasTurn, request }: ClaimInput,
): Promise<Decision<ClaimResult>> {
  const to = claimedStates[service.definition.dispatcher.kind];
  // The time is read after the service: a slow read may delay the claim past a limit.
  const decision = claimAttempt(job, { ...request, to, now: deps.clock.now() });
  const allowed = endIfResourceForbidden(deps, { job, service, decision });
  return hasTurn ? allowed : deferIfCongested(deps, { job, service, decision: allowed });
}

/**
 * Returns `none` if the job has lost its claim: a job that was aborted and deleted since has no parameters.
 * Rethrows the error otherwise.
 */
async function routeNoneIfClaimLost(
  deps: DispatchAttemptDeps,
  claimed: Job,
  error: unknown,
): Promise<Dispatch> {
  const job = await deps.jobs.get({ tenant: claimed.tenant, jobId: claimed.id });
  if (job?.claim?.tokenDigest === claimed.claim?.tokenDigest) throw error;
  return { route: 'none' };
}

async function describeDispatch(
  deps: DispatchAttemptDeps,
  { job, service, worker }: { readonly job: Job; readonly service: Service; readonly worker: WorkerAccess },
): Promise<Dispatch> {
  const { dispatcher } = service.definition;
  if (dispatcher.kind === 'batch')
    return { route: 'batch', tenant: job.tenant, jobId: job.id, attempt: job.attempt, worker };
  const parameters = await toPayloadParameters(deps, job, dispatcher.payload === 'parameters');
  return {
    route: 'lambda',
    tenant: job.tenant,
    jobId: job.id,
    attempt: job.attempt,
    functionName: dispatcher.functionName,
    attemptTimeoutSeconds: job.limits.attemptTimeoutSeconds,
    payload:
      dispatcher.payload === 'parameters'
        ? parameters.parameters
        : { ...parameters, job: describeJob(job, service), worker },
  };
}

/** Large parameters are passed by URL, unless the payload consists of the parameters alone. */
async function toPayloadParameters(deps: DispatchAttemptDeps, job: Job, withoutEnvelope: boolean) {
  if (job.parameters.kind === 'inline') return { parameters: JSON.parse(job.parameters.json) as unknown };
  const { key } = job.parameters;
  if (!withoutEnvelope && sizeOf(job.parameters) > maxPassedBytes) {
    return { parametersUrl: await deps.objects.presignGet(key, urlLifetimeSeconds) };
  }
  return { parameters: JSON.parse(await readJson(deps.objects, job.parameters)) as unknown };
}

function describeJob(job: Job, service: Service) {
  return {
    id: job.id,
    name: job.name,
    attempt: job.attempt,
    service: { name: service.name, version: service.version },
    tags: job.tags,
    traceparent: job.traceparent,
  };
}
