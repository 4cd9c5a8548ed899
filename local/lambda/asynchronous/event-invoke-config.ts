import { numberOf, objectOf, textOf } from '../../assembly/properties.ts';
import type { CloudModel } from '../../cloud.ts';
import type { FunctionConfig } from '../function-config.ts';

/** Retries and destinations of a function's asynchronous invocations. */
export interface EventInvokeConfig {
  /** 0 to 2, default 2. */
  readonly maximumRetries: number;
  /** 60 s to 6 h, default 6 h. */
  readonly maximumAgeSeconds: number;
  readonly onSuccessArn?: string;
  readonly onFailureArn?: string;
}

/**
 * Reads `AWS::Lambda::EventInvokeConfig` of a function, or returns Lambda's defaults if it is absent.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-configuring.html
 */
export function readEventInvokeConfig(model: CloudModel, config: FunctionConfig): EventInvokeConfig {
  const resource = model.ofType('AWS::Lambda::EventInvokeConfig').find(({ properties }) => {
    const name = textOf(properties, 'FunctionName');
    return name === config.name || name === config.arn;
  });
  const properties = resource?.properties ?? {};
  const destinations = objectOf(properties, 'DestinationConfig');
  const onSuccessArn = textOf(objectOf(destinations, 'OnSuccess'), 'Destination');
  const onFailureArn = textOf(objectOf(destinations, 'OnFailure'), 'Destination');
  return {
    maximumRetries: numberOf(properties, 'MaximumRetryAttempts') ?? 2,
    maximumAgeSeconds: numberOf(properties, 'MaximumEventAgeInSeconds') ?? 6 * 60 * 60,
    ...(onSuccessArn === undefined ? {} : { onSuccessArn }),
    ...(onFailureArn === undefined ? {} : { onFailureArn }),
  };
}
