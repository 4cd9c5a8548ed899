import { devNull } from 'node:os';
import { dirname } from 'node:path';
import type { CloudModel } from '../../cloud.ts';
import { inheritedPath } from '../../processes/inherited-path.ts';
import type { Job } from '../job.ts';

/** Queue and number of an attempt. */
export interface AttemptContext {
  readonly queueName: string;
  readonly environmentName: string;
  /** Number of the attempt, from 1. */
  readonly attempt: number;
}

/**
 * Returns all environment variables of an attempt's program, in increasing precedence: those of the
 * container, those that Batch sets, and those of the caller, such as keys and endpoint. From the environment
 * of this process only PATH is inherited, preceded by the directory of this Node.js. The user's AWS
 * configuration is not read. https://docs.aws.amazon.com/batch/latest/userguide/job_env_vars.html
 */
export function attemptEnvironment(
  job: Job,
  { queueName, environmentName, attempt }: AttemptContext,
  options: { readonly model: Pick<CloudModel, 'region'>; readonly added: Readonly<Record<string, string>> },
): Readonly<Record<string, string>> {
  return {
    ...inheritedPath(dirname(process.execPath)),
    LANG: 'C.UTF-8',
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
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
