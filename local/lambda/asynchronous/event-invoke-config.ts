import { describe, numberOf, objectOf, textOf } from '../../assembly/properties.ts';
import type { CloudModel } from '../../cloud.ts';
import type { FunctionConfig } from '../function-config.ts';

/** Retries and destinations of a function's asynchronous invocations. */
export interface EventInvokeConfig {
  /** 0 to 2, default 2. */
  readonly maximumRetries: number;
  /** 60 s to 6 h, default 6 h. */
  readonly maximumAgeSeconds: number;
  readonly onFailureArn?: string;
}

/**
 * Reads `AWS::Lambda::EventInvokeConfig` of a function, or returns Lambda's defaults if it is absent. Throws an
 * error that names the resource if its destination is of another service than SQS or Lambda.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-configuring.html
 */
export function readEventInvokeConfig(
  model: CloudModel,
  config: Pick<FunctionConfig, 'name' | 'arn'>,
): EventInvokeConfig {
  const resource = model.ofType('AWS::Lambda::EventInvokeConfig').find(({ properties }) => {
    const name = textOf(properties, 'FunctionName');
    return name === config.name || name === config.arn;
  });
  const properties = resource?.properties ?? {};
  const destinations = objectOf(properties, 'DestinationConfig');
  const onFailureArn = textOf(objectOf(destinations, 'OnFailure'), 'Destination');
  if (resource !== undefined && onFailureArn !== undefined && !/^arn:aws:(sqs|lambda):/.test(onFailureArn))
    throw new Error(
      `${describe(resource)} has the destination ${onFailureArn}; the local runtime supports only queues and functions`,
    );
  return {
    maximumRetries: numberOf(properties, 'MaximumRetryAttempts') ?? 2,
    maximumAgeSeconds: numberOf(properties, 'MaximumEventAgeInSeconds') ?? 6 * 60 * 60,
    ...(onFailureArn === undefined ? {} : { onFailureArn }),
  };
}
