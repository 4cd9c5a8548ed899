import { AwsError, throttled } from '../aws-error.ts';
import type { AwsRequest } from '../cloud.ts';
import { seededRandom } from '../seeded-random.ts';

/** An injected fault, to test how the product handles failures of AWS. */
export interface Fault {
  /** Signing name, such as `dynamodb`. */
  readonly service: string;
  /** Operation, such as `PutItem`; all operations if absent. */
  readonly action?: string;
  /** Selects requests; the body of an upload to S3 has not arrived yet and is empty. */
  readonly match?: (request: AwsRequest) => boolean;
  /** Number of calls that the fault affects; all calls if absent. */
  readonly times?: number;
  /** Probability from 0 to 1 that a matching call is affected, drawn from the injector's seed; default 1. */
  readonly share?: number;
  /**
   * `drop-request` cuts the connection before the call is executed, `drop-answer` after it was executed.
   * `throttle` and `error` respond without executing the call.
   */
  readonly kind: 'throttle' | 'error' | 'drop-request' | 'drop-answer' | 'delay';
  /** For `delay`: milliseconds before the call is executed. */
  readonly delayMs?: number;
}

/** The active faults. */
export interface FaultInjector {
  /** Shared with the threads of functions: 1 while there are faults, so that their calls pass the endpoint. */
  readonly active: Int32Array;
  /** Adds a fault and returns a function that removes it. */
  add(fault: Fault): () => void;
  clear(): void;
  /** Returns the first fault that affects this call, and counts its use. */
  take(request: AwsRequest, call: { readonly service: string; readonly action: string }): Fault | undefined;
}

/** Creates an injector. The same seed and the same calls result in the same faults. */
export function faultInjector(seed = 1): FaultInjector {
  const faults = new Map<Fault, number>();
  const random = seededRandom(seed);
  const active = new Int32Array(new SharedArrayBuffer(4));
  const changed = (): void => void Atomics.store(active, 0, faults.size > 0 ? 1 : 0);
  return {
    active,
    add(fault) {
      faults.set(fault, fault.times ?? Number.POSITIVE_INFINITY);
      changed();
      return () => {
        faults.delete(fault);
        changed();
      };
    },
    clear: () => {
      faults.clear();
      changed();
    },
    take(request, call) {
      for (const [fault, left] of faults) {
        if (fault.service !== call.service || (fault.action ?? call.action) !== call.action) continue;
        if (fault.match?.(request) === false) continue;
        if (fault.share !== undefined && random() >= fault.share) continue;
        if (left <= 1) faults.delete(fault);
        else faults.set(fault, left - 1);
        changed();
        return fault;
      }
      return undefined;
    },
  };
}

/** Creates the error with which a service throttles or fails, as its SDK client expects it. */
export function faultError(kind: 'throttle' | 'error', service: string): AwsError {
  if (kind === 'error') {
    const code =
      service === 's3' ? 'InternalError' : service === 'dynamodb' ? 'InternalServerError' : 'InternalFailure';
    return new AwsError(code, 'injected internal error', 500);
  }
  switch (service) {
    case 'dynamodb':
      return new AwsError('ProvisionedThroughputExceededException', 'injected throttling error');
    case 's3':
      return new AwsError('SlowDown', 'Please reduce your request rate.', 503);
    case 'lambda':
      return throttled('ConcurrentInvocationLimitExceeded');
    default:
      return new AwsError('ThrottlingException', 'Rate exceeded');
  }
}
