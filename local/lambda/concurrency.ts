import { throttled } from '../aws-error.ts';
import type { FunctionConfig } from './function-config.ts';

/** Limits of concurrent invocations over all functions of an account. */
export interface Concurrency {
  readonly account: number;
  /** Concurrency that is left for functions without a reservation. */
  readonly unreserved: number;
  /** Throws if the reservation of a function that is about to be added or replaced leaves less than 100 to the others. */
  requireReservation(config: FunctionConfig): void;
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
 * account with less cannot reserve any. The map may change later.
 */
export function boundConcurrency(
  functions: ReadonlyMap<string, FunctionConfig>,
  account: number,
  callsOf: (name: string) => number,
): Concurrency {
  refuseReservations([...functions.values()], account);
  return {
    account,
    get unreserved() {
      return account - reservedBy([...functions.values()]);
    },
    requireReservation: (config) =>
      refuseReservations([...functions.values().filter(({ name }) => name !== config.name), config], account),
    require: ({ name, reservedConcurrency }) => {
      if (reservedConcurrency !== undefined) {
        if (callsOf(name) < reservedConcurrency) return;
        throw throttled('ReservedFunctionConcurrentInvocationLimitExceeded');
      }
      const configs = [...functions.values()];
      const sharing = configs.filter((config) => config.reservedConcurrency === undefined);
      const running = sharing.reduce((sum, config) => sum + callsOf(config.name), 0);
      if (running >= account - reservedBy(configs)) throw throttled('ConcurrentInvocationLimitExceeded');
    },
  };
}

function reservedBy(functions: readonly FunctionConfig[]): number {
  return functions.reduce((sum, config) => sum + (config.reservedConcurrency ?? 0), 0);
}

function refuseReservations(functions: readonly FunctionConfig[], account: number): void {
  const reserved = reservedBy(functions);
  if (reserved === 0 || account - reserved >= Math.min(minUnreserved, account)) return;
  const names = functions.filter((config) => config.reservedConcurrency).map(({ name }) => name);
  throw new Error(
    `ReservedConcurrentExecutions of ${names.join(', ')} (${reserved} in all) decreases the account's UnreservedConcurrentExecution below its minimum value of [${Math.min(minUnreserved, account)}]: reserve less, or raise the account's limit of ${account}`,
  );
}
