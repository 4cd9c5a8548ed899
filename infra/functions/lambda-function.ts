import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  Function as CdkFunction,
  Code,
  LoggingFormat,
  type RecursiveLoop,
  Runtime,
  SystemLogLevel,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

export interface LambdaFunctionProps<Environment extends Readonly<Record<string, string | undefined>>> {
  readonly functionName: string;
  readonly description: string;
  /** The directory of `index.mjs`, which exports `handler`. */
  readonly codeDirectory: string;
  /** The type of the function's own environment schema, so that a missing variable does not compile; undefined variables are omitted. */
  readonly environment: Environment;
  /** 1 to 900. */
  readonly timeoutSeconds: number;
  readonly memoryMegabytes: number;
  /** The reserved concurrency, taken from the account's limit; by default not limited. */
  readonly reservedConcurrency?: number;
  /** Whether the function may invoke itself through a queue; by default Lambda ends such a loop. */
  readonly recursiveLoop?: RecursiveLoop;
}

/**
 * The namespace of the functions' own metrics; each has the dimension `service`, which is the function's
 * name.
 */
export const metricsNamespace = 'Errand';

/**
 * A function on Node 24 and arm64 with its own role. Without further grants, the role may only write to the
 * function's own log group.
 */
export class LambdaFunction<
  Environment extends Readonly<Record<string, string | undefined>>,
> extends CdkFunction {
  constructor(scope: Construct, id: string, props: LambdaFunctionProps<Environment>) {
    const logGroup = new LogGroup(scope, `${id}Logs`, {
      logGroupName: `/aws/lambda/${props.functionName}`,
      retention: RetentionDays.ONE_MONTH,
      // A retained log group with a fixed name would prevent the stack from being created again.
      removalPolicy: RemovalPolicy.DESTROY,
    });
    super(scope, id, {
      functionName: props.functionName,
      description: props.description,
      code: Code.fromAsset(props.codeDirectory),
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      environment: {
        ...definedVariables(props.environment),
        // https://docs.aws.amazon.com/powertools/typescript/latest/environment-variables/
        POWERTOOLS_SERVICE_NAME: props.functionName,
        POWERTOOLS_METRICS_NAMESPACE: metricsNamespace,
      },
      timeout: Duration.seconds(props.timeoutSeconds),
      memorySize: props.memoryMegabytes,
      ...(props.reservedConcurrency === undefined
        ? {}
        : { reservedConcurrentExecutions: props.reservedConcurrency }),
      ...(props.recursiveLoop === undefined ? {} : { recursiveLoop: props.recursiveLoop }),
      role: new Role(scope, `${id}Role`, { assumedBy: new ServicePrincipal('lambda.amazonaws.com') }),
      logGroup,
      // Lambda's own START, END and REPORT lines would cost more than its time; its errors are still logged.
      // https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html
      loggingFormat: LoggingFormat.JSON,
      systemLogLevelV2: SystemLogLevel.WARN,
      tracing: Tracing.DISABLED,
    });

    Validations.of(this).acknowledge(
      {
        id: 'Serverless-LambdaDLQ',
        reason:
          'Its callers wait for the response; a function that is invoked asynchronously has a failure destination.',
      },
      {
        id: 'Serverless-LambdaTracing',
        reason: 'Traces would add to the cost of each job; one log line records each decision.',
      },
    );

    logGroup.grantWrite(this);
  }
}

function definedVariables(
  environment: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string>> {
  const defined = Object.entries(environment).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  return Object.fromEntries(defined);
}
