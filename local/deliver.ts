import { AwsError } from './aws-error.ts';
import type { AccessControl, Deliver, Delivery, FunctionInvoker } from './cloud.ts';

/** The services that things are delivered to. Each one rejects when it did not accept. */
export interface DeliverOptions {
  readonly access: AccessControl;
  /** Checks its own permission. */
  readonly invoker: Pick<FunctionInvoker, 'invokeAsync'>;
  readonly sendToQueue: (queueArn: string, body: string) => Promise<void>;
  readonly putObject: (object: {
    readonly bucket: string;
    readonly key: string;
    readonly body: string;
  }) => Promise<void>;
  readonly startExecution: (request: { readonly stateMachineArn: string; readonly input: string }) => unknown;
  /** Takes a whole event as JSON text. */
  readonly putEvents: (busArn: string, eventText: string) => unknown;
}

type Route = (delivery: Delivery, options: DeliverOptions) => unknown;

/** By service of the target's ARN. A bucket is addressed with the object's key: `arn:aws:s3:::bucket/key`. */
const ROUTES: Readonly<Record<string, Route>> = {
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
 * Builds the one way by which rule targets, schedules and failure destinations reach a service, permission checked first.
 * Rejects with `AwsError`: AccessDenied where no policy allows it, `InvalidTargetException` for a service that there is not.
 */
export function createDeliver(options: DeliverOptions): Deliver {
  return async (delivery) => {
    const service = delivery.targetArn.split(':')[2] ?? '';
    const route = Object.hasOwn(ROUTES, service) ? ROUTES[service] : undefined;
    if (route === undefined) {
      throw new AwsError(
        'InvalidTargetException',
        `Nothing can be delivered to ${delivery.targetArn} in the local runtime`,
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
    throw new AwsError('InvalidTargetException', `${arn} names no object`);
  return { bucket, key };
}
