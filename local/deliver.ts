import { AwsError } from './aws-error.ts';
import type { AccessControl, Deliver, Delivery, FunctionInvoker } from './cloud.ts';

/**
 * The services that payloads are delivered to. Each function rejects if its service did not accept the
 * payload.
 */
export interface DeliverOptions {
  readonly access: AccessControl;
  /** Checks the permission itself. */
  readonly invoker: Pick<FunctionInvoker, 'invokeAsync'>;
  readonly sendToQueue: (queueArn: string, body: string) => Promise<void>;
  readonly putObject: (object: {
    readonly bucket: string;
    readonly key: string;
    readonly body: string;
  }) => Promise<void>;
  readonly startExecution: (request: { readonly stateMachineArn: string; readonly input: string }) => unknown;
  /** Accepts a complete event as JSON text. */
  readonly putEvents: (busArn: string, eventText: string) => unknown;
}

type Route = (delivery: Delivery, options: DeliverOptions) => unknown;

/**
 * Delivery functions by the service in the target's ARN. A bucket is addressed with the object's key:
 * `arn:aws:s3:::bucket/key`.
 */
const routes: Readonly<Record<string, Route>> = {
  lambda: ({ targetArn, payload, principal }, { invoker }) =>
    invoker.invokeAsync({ functionName: targetArn, payload, principal }),
  sqs: permitted('sqs:SendMessage', ({ targetArn, payload }, options) =>
    options.sendToQueue(targetArn, payload),
  ),
  events: permitted('events:PutEvents', ({ targetArn, payload }, options) =>
    options.putEvents(targetArn, payload),
  ),
  states: permitted('states:StartExecution', ({ targetArn, payload }, options) =>
    options.startExecution({ stateMachineArn: targetArn, input: payload }),
  ),
  s3: permitted('s3:PutObject', ({ targetArn, payload }, options) =>
    options.putObject({ ...objectOf(targetArn), body: payload }),
  ),
};

/**
 * Creates the delivery function for rule targets, schedules and failure destinations. It checks permission
 * first. It rejects with `AwsError`: AccessDenied if no policy allows the delivery, `InvalidTargetException`
 * for an unsupported service.
 */
export function createDeliver(options: DeliverOptions): Deliver {
  return async (delivery) => {
    const service = delivery.targetArn.split(':')[2] ?? '';
    const route = Object.hasOwn(routes, service) ? routes[service] : undefined;
    if (route === undefined) {
      throw new AwsError(
        'InvalidTargetException',
        `The local runtime does not support the target ${delivery.targetArn}`,
      );
    }
    await route(delivery, options);
  };
}

function permitted(action: string, route: Route): Route {
  return (delivery, options) => {
    options.access.require(delivery.principal, { action, resource: delivery.targetArn });
    return route(delivery, options);
  };
}

function objectOf(arn: string): { readonly bucket: string; readonly key: string } {
  const [, bucket, key] = /^arn:aws[^:]*:s3:::([^/]+)\/(.+)$/.exec(arn) ?? [];
  if (bucket === undefined || key === undefined)
    throw new AwsError(
      'InvalidTargetException',
      `${arn} does not name an object; expected arn:aws:s3:::bucket/key`,
    );
  return { bucket, key };
}
