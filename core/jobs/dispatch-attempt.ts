import { digest } from '../digest.ts';
import type { Chance, Clock } from '../ports/clock.ts';
import type { JobStore } from '../ports/job-store.ts';
import type { Log } from '../ports/log.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import type { ServiceStore } from '../ports/service-store.ts';
import type { Service } from '../services/service.ts';
import { claimAttempt } from './claim-attempt.ts';
import type { Job } from './job.ts';
import { sizeOf } from './stored-json.ts';
import { updateJob } from './update-job.ts';

export interface DispatchAttemptDeps {
  readonly jobs: JobStore;
  readonly services: ServiceStore;
  readonly objects: ObjectStore;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly log: Log;
}

export interface DispatchAttemptInput {
  readonly tenant: string;
  readonly jobId: string;
  readonly attempt: number;
  /** The execution's own id; the same execution may ask again. */
  readonly executionId: string;
  /** Base URL of the API, for the worker. */
  readonly apiUrl: string;
}

/** What the router does next. */
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
    };

/** Larger parameters go by address: a state of the router may hold 262,144 bytes in all. */
const maxPassedBytes = 102_400;

/**
 * Claims an attempt for the execution that asks and tells it what to run. An execution that is refused gets
 * `none` and ends silently. Throws when the service's definition is gone, which a used one never is.
 */
export async function dispatchAttempt(
  deps: DispatchAttemptDeps,
  input: DispatchAttemptInput,
): Promise<Dispatch> {
  const token = workerToken(input.tenant, deps.chance.secret());
  const claim = {
    attempt: input.attempt,
    executionDigest: digest(input.executionId).slice(0, 24),
    tokenDigest: digest(token),
    now: deps.clock.now(),
  };
  const answer = await updateJob(deps.jobs, input, (job) => claimAttempt(job, claim));
  if (!answer.claimed) {
    deps.log.info('claim-refused', { jobId: input.jobId, attempt: input.attempt });
    return { route: 'none' };
  }
  return describe(deps, { job: answer.job, token, apiUrl: input.apiUrl });
}

/** The token names its tenant, so that the worker routes find the job by key alone. */
function workerToken(tenant: string, secret: string): string {
  return `ew_${Buffer.from(tenant).toString('base64url')}.${secret}`;
}

async function describe(
  deps: DispatchAttemptDeps,
  { job, token, apiUrl }: { readonly job: Job; readonly token: string; readonly apiUrl: string },
): Promise<Dispatch> {
  const service = await deps.services.get({ tenant: job.tenant, ...job.service });
  if (service === undefined)
    throw new Error(`The service ${job.service.name} ${job.service.version} is missing`);
  const { dispatcher } = service.definition;
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
        : { ...parameters, job: describeJob(job, service), worker: { url: workerUrl(apiUrl, job), token } },
  };
}

async function passParameters(deps: DispatchAttemptDeps, job: Job, bare: boolean) {
  if (job.parameters.kind === 'inline') return { parameters: JSON.parse(job.parameters.json) as unknown };
  const { key } = job.parameters;
  if (!bare && sizeOf(job.parameters) > maxPassedBytes) {
    const lifetimeSeconds = job.limits.attemptTimeoutSeconds + 300;
    return { parametersUrl: await deps.objects.presignGet(key, lifetimeSeconds) };
  }
  const json = await deps.objects.get(key);
  if (json === undefined) throw new Error(`The object ${key} is missing`);
  return { parameters: JSON.parse(json) as unknown };
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

function workerUrl(apiUrl: string, job: Job): string {
  return `${apiUrl.replace(/\/$/, '')}/v1/worker/jobs/${job.id}`;
}
