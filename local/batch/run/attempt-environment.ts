import { delimiter, dirname } from 'node:path';
import type { CloudModel } from '../../cloud.ts';
import type { Job } from '../job.ts';

/** Where and as what an attempt runs. */
export interface AttemptPlace {
  readonly queueName: string;
  readonly environmentName: string;
  /** From 1. */
  readonly attempt: number;
}

/**
 * All variables that an attempt's program sees: the container's own, what Batch sets and what the caller adds, such as keys
 * and endpoint, in rising order. Of this machine's only PATH comes through, with this Node.js first, and the AWS
 * configuration of the person at this machine is not read.
 * https://docs.aws.amazon.com/batch/latest/userguide/job_env_vars.html
 */
export function attemptEnvironment(
  job: Job,
  { queueName, environmentName, attempt }: AttemptPlace,
  options: { readonly model: Pick<CloudModel, 'region'>; readonly added: Readonly<Record<string, string>> },
): Readonly<Record<string, string>> {
  return {
    PATH: [dirname(process.execPath), process.env['PATH'] ?? '/usr/bin:/bin'].join(delimiter),
    LANG: 'C.UTF-8',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_EXECUTION_ENV: 'AWS_ECS_FARGATE',
    AWS_REGION: options.model.region,
    AWS_DEFAULT_REGION: options.model.region,
    ...job.environment,
    AWS_BATCH_JOB_ID: job.id,
    AWS_BATCH_JQ_NAME: queueName,
    AWS_BATCH_CE_NAME: environmentName,
    AWS_BATCH_JOB_ATTEMPT: String(attempt),
    ...options.added,
  };
}
