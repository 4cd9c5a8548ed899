import { AwsError } from '../aws-error.ts';
import type { AwsRequest } from '../cloud.ts';
import { throttled } from '../lambda/concurrency.ts';
import { seededRandom } from '../seeded-random.ts';

/** A fault on purpose, for tests of what happens when AWS misbehaves. */
export interface Fault {
  /** Signing name, such as `dynamodb`. */
  readonly service: string;
  /** Operation, such as `PutItem`; every one when absent. */
  readonly action?: string;
  readonly match?: (request: AwsRequest) => boolean;
  /** How many calls are hit; every one when absent. */
  readonly times?: number;
  /** Share of matching calls that are hit, from 0 to 1, drawn from the injector's seed; all when absent. */
  readonly share?: number;
  /**
   * `drop-request` cuts the connection before the call is carried out, `drop-answer` after it was.
   * `throttle` and `error` are answered without carrying it out.
   */
  readonly kind: 'throttle' | 'error' | 'drop-request' | 'drop-answer' | 'delay';
  /** For `delay`: milliseconds before the call is carried out. */
  readonly delayMilliseconds?: number;
}

/** Holds the faults in force. */
export interface FaultInjector {
  /** Adds a fault; the answer takes it back. */
  add(fault: Fault): () => void;
  clear(): void;
  /** The first fault that hits this call, counted as used. */
  take(request: AwsRequest, call: { readonly service: string; readonly action: string }): Fault | undefined;
}

/** Makes an injector. The same seed and the same calls give the same faults. */
export function faultInjector(seed = 1): FaultInjector {
  const faults = new Map<Fault, number>();
  const random = seededRandom(seed);
  return {
    add(fault) {
      faults.set(fault, fault.times ?? Number.POSITIVE_INFINITY);
      return () => faults.delete(fault);
    },
    clear: () => faults.clear(),
    take(request, call) {
      for (const [fault, left] of faults) {
        if (fault.service !== call.service || (fault.action ?? call.action) !== call.action) continue;
        if (fault.match?.(request) === false) continue;
        if (fault.share !== undefined && random() >= fault.share) continue;
        if (left <= 1) faults.delete(fault);
        else faults.set(fault, left - 1);
        return fault;
      }
      return undefined;
    },
  };
}

/** The error that a service throttles or fails with, as its SDK client knows it. */
export function faultError(kind: 'throttle' | 'error', service: string): AwsError {
  if (kind === 'error') {
    const code =
      service === 's3' ? 'InternalError' : service === 'dynamodb' ? 'InternalServerError' : 'InternalFailure';
    return new AwsError(code, 'an internal error on purpose', 500);
  }
  switch (service) {
    case 'dynamodb':
      return new AwsError('ProvisionedThroughputExceededException', 'throttled on purpose');
    case 's3':
      return new AwsError('SlowDown', 'Please reduce your request rate.', 503);
    case 'lambda':
      return throttled('ConcurrentInvocationLimitExceeded');
    default:
      return new AwsError('ThrottlingException', 'Rate exceeded');
  }
}
