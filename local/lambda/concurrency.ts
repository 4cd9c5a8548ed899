import { throttled } from '../aws-error.ts';
import type { FunctionConfig } from './function-config.ts';

/** Limits of concurrent invocations over all functions of an account. */
export interface Concurrency {
  readonly account: number;
  /** Concurrency that is left for functions without a reservation. */
  readonly unreserved: number;
  /** Throws `TooManyRequestsException` if another invocation of this function would exceed a limit. */
  require(config: FunctionConfig): void;
}

/** @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
export const defaultAccountConcurrency = 1000;
/** @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html */
const minUnreserved = 100;

/**
 * Limits concurrent invocations as Lambda does: a function with reserved concurrency has exactly that much,
 * and all others share the rest of the account's concurrency. `callsOf` counts the invocations of a function
 * that have not ended. Throws if reservations leave less than 100 to the others, which Lambda refuses; an
 * account with less cannot reserve any.
 */
export function boundConcurrency(
  functions: readonly FunctionConfig[],
  account: number,
  callsOf: (name: string) => number,
): Concurrency {
  const sharing = functions.filter((config) => config.reservedConcurrency === undefined);
  const reserved = functions.reduce((sum, config) => sum + (config.reservedConcurrency ?? 0), 0);
  const unreserved = account - reserved;
  refuseReservations(functions, { reserved, least: Math.min(minUnreserved, account), unreserved });
  return {
    account,
    unreserved,
    require: ({ name, reservedConcurrency }) => {
      if (reservedConcurrency !== undefined) {
        if (callsOf(name) < reservedConcurrency) return;
        throw throttled('ReservedFunctionConcurrentInvocationLimitExceeded');
      }
      const running = sharing.reduce((sum, config) => sum + callsOf(config.name), 0);
      if (running >= unreserved) throw throttled('ConcurrentInvocationLimitExceeded');
    },
  };
}

function refuseReservations(
  functions: readonly FunctionConfig[],
  { reserved, least, unreserved }: { reserved: number; least: number; unreserved: number },
): void {
  if (reserved === 0 || unreserved >= least) return;
  const names = functions.filter((config) => config.reservedConcurrency).map(({ name }) => name);
  throw new Error(
    `ReservedConcurrentExecutions of ${names.join(', ')} (${reserved} in all) decreases the account's UnreservedConcurrentExecution below its minimum value of [${least}]: reserve less, or raise the account's limit of ${reserved + unreserved}`,
  );
}
