import type { WorkerAccess } from '../attempt/call-worker.ts';
import type { JobReference } from '../service/service-call.ts';

/** The attempt as described by a container's environment. */
export interface BatchEnvironment {
  readonly job: JobReference;
  readonly worker: WorkerAccess;
  /** JSON text; absent when the parameters are too large for the environment and must be requested. */
  readonly parametersJson?: string;
  /** The heartbeat timeout; absent when there is none. */
  readonly heartbeatSeconds?: number;
}

/**
 * Reads the variables that Errand and AWS Batch set for a container. Throws an `Error` that names each
 * missing or invalid variable, and never contains a value.
 * https://docs.aws.amazon.com/batch/latest/userguide/job_env_vars.html
 */
export function readBatchEnvironment(
  variables: Readonly<Record<string, string | undefined>>,
): BatchEnvironment {
  const {
    ERRAND_JOB_ID: id = '',
    ERRAND_ATTEMPT: attempt = '',
    ERRAND_WORKER_URL: url = '',
    ERRAND_WORKER_TOKEN: token = '',
    ERRAND_PARAMETERS: parametersJson,
    ERRAND_HEARTBEAT_SECONDS: heartbeat = '',
    TRACEPARENT: traceparent,
    AWS_BATCH_JOB_ID: workerId,
  } = variables;
  const violations = [
    ...(id === '' ? ['ERRAND_JOB_ID'] : []),
    ...(/^[1-9]\d{0,8}$/.test(attempt) ? [] : ['ERRAND_ATTEMPT']),
    ...(/^(?:[1-9]\d{0,8})?$/.test(heartbeat) ? [] : ['ERRAND_HEARTBEAT_SECONDS']),
    ...(URL.canParse(url) ? [] : ['ERRAND_WORKER_URL']),
    ...(token === '' ? ['ERRAND_WORKER_TOKEN'] : []),
  ];
  if (violations.length > 0)
    throw new Error(
      `The environment is not that of a job's container: ${violations.join(', ')} missing or invalid. Submit a job to run this container.`,
    );
  return {
    job: { id, attempt: Number(attempt), ...(traceparent ? { traceparent } : {}) },
    worker: { url, token, ...(workerId ? { workerId } : {}) },
    ...(parametersJson === undefined ? {} : { parametersJson }),
    ...(heartbeat === '' ? {} : { heartbeatSeconds: Number(heartbeat) }),
  };
}
