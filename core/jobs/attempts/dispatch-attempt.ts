import { workerToken } from '../../access/model/worker-token.ts';
import type { Random } from '../../ports/clock.ts';
import type { JobStore } from '../../ports/job-store.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { ServiceStore } from '../../ports/service-store.ts';
import type { Settings } from '../../ports/settings.ts';
import type { Service } from '../../services/model/service.ts';
import type { TargetRules } from '../../services/target-rules.ts';
import { digest } from '../../std/digest.ts';
import { claimAttempt, mayClaim } from '../model/claim-attempt.ts';
import { executionDigest } from '../model/execution-digest.ts';
import { type Job, serviceOf } from '../model/job.ts';
import { readJson, sizeOf } from '../records/stored-json.ts';
import { updateJob } from '../records/update-job.ts';
import { queueInstead } from '../scheduling/queue-instead.ts';
import { type CapacityDeps, queueJob } from '../scheduling/queue-job.ts';
import { type EndForbiddenDeps, endForbidden } from './end-forbidden.ts';

export interface DispatchAttemptDeps extends EndForbiddenDeps, CapacityDeps {
  readonly jobs: JobStore;
  readonly services: ServiceStore;
  readonly objects: ObjectStore;
  readonly random: Random;
  readonly settings: TargetRules & Pick<Settings, 'workerBaseUrl'>;
}

export interface DispatchAttemptInput {
  readonly tenant: string;
  readonly jobId: string;
  readonly attempt: number;
  /** The id of the execution; the same execution may call again. */
  readonly executionId: string;
  /**
   * When this run of the execution entered its claim state, from Step Functions: Express may run an execution
   * twice.
   */
  readonly enteredAt?: string | undefined;
  /** `ExecutionInput.start`. */
  readonly start?: number | undefined;
  /** The job was queued for capacity and its turn has come; default false. */
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

/**
 * Claims an attempt for the calling execution and returns what to run. A refused execution gets `none` and
 * ends silently. The same holds for a job whose service names a target that its tenant may not run: that job
 * is ended; and for a job whose target is congested: that job is queued, unless its turn has come. Throws if
 * the service definition is missing, which never happens to a used one.
 */
export async function dispatchAttempt(
  deps: DispatchAttemptDeps,
  input: DispatchAttemptInput,
): Promise<Dispatch> {
  const token = workerToken(input.tenant, deps.random.secret());
  const claim = {
    attempt: input.attempt,
    executionDigest: executionDigest(input.executionId, input.enteredAt),
    tokenDigest: digest(token),
  };
  let service: Service | undefined;
  const result = await updateJob(deps.jobs, input, async (job) => {
    if (mayClaim(job, input.attempt)) service = await serviceFor(deps, job);
    const to = service?.definition.dispatcher.kind === 'batch' ? 'scheduled' : 'executing';
    // After the reads: a slow read may delay the claim past a limit.
    const decision = claimAttempt(job, { ...claim, to, start: input.start, now: deps.clock.now() });
    if (job === undefined || service === undefined) return decision;
    const allowed = endForbidden(deps, { job, service, decision });
    return input.hasTurn === true ? allowed : queueInstead(deps, { job, service, decision: allowed });
  });
  if (result.queue !== undefined) await queueJob(deps, result.queue.target, result.queue.job);
  if (!result.claimed || service === undefined) {
    deps.log.info('claim-refused', { jobId: input.jobId, attempt: input.attempt });
    return { route: 'none' };
  }
  const worker = { url: `${deps.settings.workerBaseUrl}/v1/worker/jobs/${result.job.id}`, token };
  const claimed = { job: result.job, service, worker };
  return describe(deps, claimed).catch((error: unknown) => noneUnlessClaimed(deps, result.job, error));
}

/**
 * A job that was aborted and deleted since its claim has no parameters, and nothing runs. Rethrows other
 * errors.
 */
async function noneUnlessClaimed(deps: DispatchAttemptDeps, claimed: Job, error: unknown): Promise<Dispatch> {
  const job = await deps.jobs.get({ tenant: claimed.tenant, jobId: claimed.id });
  if (job?.claim?.tokenDigest === claimed.claim?.tokenDigest) throw error;
  return { route: 'none' };
}

async function serviceFor({ services }: DispatchAttemptDeps, job: Job): Promise<Service> {
  const service = await services.get({ tenant: job.tenant, ...serviceOf(job) });
  if (service === undefined) throw new Error(`The service of the job ${job.id} is missing`);
  return service;
}

async function describe(
  deps: DispatchAttemptDeps,
  { job, service, worker }: { readonly job: Job; readonly service: Service; readonly worker: WorkerAccess },
): Promise<Dispatch> {
  const { dispatcher } = service.definition;
  if (dispatcher.kind === 'batch')
    return { route: 'batch', tenant: job.tenant, jobId: job.id, attempt: job.attempt, worker };
  const parameters = await passParameters(deps, job, dispatcher.payload === 'parameters');
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

async function passParameters(deps: DispatchAttemptDeps, job: Job, isBare: boolean) {
  if (job.parameters.kind === 'inline') return { parameters: JSON.parse(job.parameters.json) as unknown };
  const { key } = job.parameters;
  if (!isBare && sizeOf(job.parameters) > maxPassedBytes) {
    const lifetimeSeconds = job.limits.attemptTimeoutSeconds + 300;
    return { parametersUrl: await deps.objects.presignGet(key, lifetimeSeconds) };
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
