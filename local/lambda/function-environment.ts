import { randomUUID } from 'node:crypto';
import { devNull } from 'node:os';
import type { FunctionConfig } from './function-config.ts';

/** The log group and log stream in a function's context. */
export interface LogNames {
  readonly logGroupName: string;
  readonly logStreamName: string;
}

/** Returns the names for the log of a new execution environment, in Lambda's format. */
export function logNamesOf({ name, logGroupName = `/aws/lambda/${name}` }: FunctionConfig): LogNames {
  const day = new Date().toISOString().slice(0, 10).replaceAll('-', '/');
  return {
    logGroupName,
    logStreamName: `${day}/[$LATEST]${randomUUID().replaceAll('-', '')}`,
  };
}

/**
 * Returns the environment variables of a function, in increasing precedence: the variables of Lambda, of the
 * template and of the caller, such as keys and endpoints. From the environment of this process only PATH is
 * inherited, and the user's AWS configuration is not read.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
 */
export function functionEnvironment(
  config: FunctionConfig,
  names: LogNames,
  added: Readonly<Record<string, string>>,
): Record<string, string> {
  const region = config.arn.split(':')[3] ?? '';
  return {
    PATH: process.env['PATH'] ?? '',
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
    _HANDLER: config.handler,
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_DEFAULT_REGION: region,
    ...(config.runtime === undefined ? {} : { AWS_EXECUTION_ENV: `AWS_Lambda_${config.runtime}` }),
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(config.memoryMegabytes),
    AWS_LAMBDA_FUNCTION_NAME: config.name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: names.logGroupName,
    AWS_LAMBDA_LOG_STREAM_NAME: names.logStreamName,
    AWS_REGION: region,
    LAMBDA_TASK_ROOT: config.directory,
    ...config.environment,
    ...added,
  };
}
