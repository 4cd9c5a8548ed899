import {
  type ContainerOverrides,
  maxOverridesBytes,
  overridesSizeBytes,
} from '../../contract/container-overrides.ts';
import type { ServiceDefinition } from '../../contract/schemas/service-schemas.ts';
import type { BatchAttempt } from '../../ports/batch-dispatcher.ts';
import { digest } from '../../std/digest.ts';
import { omitUndefined } from '../../std/omit-undefined.ts';
import type { WorkerAccess } from '../attempts/dispatch-attempt.ts';
import { batchJobName } from '../model/batch-job-name.ts';
import type { Job } from '../model/job.ts';
import { claimFingerprint } from './batch-job-of.ts';

/** Maximum size of parameters in a submission to Batch, next to the service's command and environment. */
const maxPassedBytes = 4096;

type Dispatcher = ServiceDefinition['dispatcher'] & { readonly kind: 'batch' };

/** The current attempt of a job as a submission to Batch. */
export function batchAttempt(job: Job, dispatcher: Dispatcher, worker: WorkerAccess): BatchAttempt {
  const environment = {
    ...dispatcher.environment,
    ERRAND_JOB_ID: job.id,
    ERRAND_ATTEMPT: String(job.attempt),
    ERRAND_WORKER_URL: worker.url,
    ERRAND_WORKER_TOKEN: worker.token,
    TRACEPARENT: job.traceparent,
    ...heartbeatOf(job),
  };
  return {
    ...containerOf(dispatcher),
    jobName: batchJobName(job),
    environment: { ...environment, ...passedParameters(job, { command: dispatcher.command, environment }) },
    attemptTimeoutSeconds: job.limits.attemptTimeoutSeconds,
    tenant: job.tenant,
    priority: job.priority ?? 0,
    claim: claimFingerprint({ tokenDigest: digest(worker.token) }),
  };
}

function containerOf({ jobDefinition, jobQueue, command, vcpus, memoryMiB, gpus }: Dispatcher) {
  return {
    jobDefinition,
    ...omitUndefined({ jobQueue, command, vcpus, memoryMiB, gpus }),
  };
}

/** The longest time between two reports; a worker without a limit needs no heartbeats. */
function heartbeatOf({ limits }: Job): Readonly<Record<string, string>> {
  if (limits.heartbeatSeconds === undefined) return {};
  return { ERRAND_HEARTBEAT_SECONDS: String(limits.heartbeatSeconds) };
}

/** Small parameters are passed in the environment, which saves the worker a call; it fetches larger ones. */
function passedParameters(
  job: Job,
  { command, environment }: ContainerOverrides,
): Readonly<Record<string, string>> {
  const { parameters } = job;
  if (parameters.kind !== 'inline' || Buffer.byteLength(parameters.json) > maxPassedBytes) return {};
  const passed = { ERRAND_PARAMETERS: parameters.json };
  return overridesSizeBytes({ command, environment: { ...environment, ...passed } }) <= maxOverridesBytes
    ? passed
    : {};
}
