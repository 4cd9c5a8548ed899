import type { FunctionEventWriter } from '../logs/function-events.ts';
import type { Call } from './call.ts';
import type { EnvironmentContext, ExecutionEnvironment } from './execution-environment.ts';
import { killed } from './fault-payloads.ts';
import type { FunctionConfig } from './function-config.ts';
import { createInvocationLog, type FunctionLine, type InvocationLog } from './output/invocation-log.ts';

/** The execution environments of one function. */
export interface FunctionPool {
  /** Number of running and waiting calls. */
  readonly callCount: number;
  readonly environmentCount: number;
  run(call: Call): void;
  /** Starts a first environment if none exists. Settles when the function was loaded or failed to load. */
  prewarm(): Promise<void>;
  /** Ends all environments now; their calls fail with `signal: killed`. Waiting calls get new ones. */
  kill(): void;
  /**
   * Ends each environment once its calls have settled, because another pool replaces this one. Returns the waiting calls, which no
   * environment has received, for that other pool. Settles `ended` after the last environment.
   */
  retire(): { readonly waiting: readonly Call[]; readonly ended: Promise<void> };
  /** Like `kill`, but waiting calls fail too and no environment is started again. */
  stop(): Promise<void>;
}

/** Options of a function's environments. */
export interface PoolOptions {
  readonly config: FunctionConfig;
  /**
   * If true, an environment runs one call at a time; otherwise calls share environments. Both use at most
   * `maximumEnvironments`.
   */
  readonly oneAtATime: boolean;
  readonly maximumEnvironments: number;
  /** Environments other than the first end after this many seconds without a call. */
  readonly idleSeconds: number;
  start(context: EnvironmentContext): ExecutionEnvironment;
  /** Stores the lines of functions that run one call at a time. */
  readonly events?: FunctionEventWriter | undefined;
  onLine(line: FunctionLine): void;
}

/**
 * Maximum size of the payloads that share an environment. On AWS each call has the whole memory of an environment.
 * Therefore a few calls with bodies of a megabyte get environments of their own, while many small ones share one.
 */
const sharedCharacters = 2_000_000;

/**
 * Creates a pool. Environments are started by the first calls that need them. If each call gets its own one, a call
 * beyond the limit waits for a free environment; calls that share environments do not wait.
 */
export function createFunctionPool(options: PoolOptions): FunctionPool {
  const environments = new Map<ExecutionEnvironment, InvocationLog>();
  const idleTimers = new Map<ExecutionEnvironment, NodeJS.Timeout>();
  const waiting: Call[] = [];
  let stopped = false;
  const retired = Promise.withResolvers<void>();
  let isRetiring = false;

  const hasRoom = (environment: ExecutionEnvironment, { payload }: Call): boolean =>
    environment.accepting &&
    (environment.callCount === 0 ||
      (!options.oneAtATime && environment.payloadCharacters + payload.length <= sharedCharacters));
  const start = (): ExecutionEnvironment => {
    const log = createInvocationLog({
      config: options.config,
      events: options.oneAtATime ? options.events : undefined,
      onLine: options.onLine,
    });
    const environment = options.start({
      names: log.names,
      log: log.line,
      onChange: () => {
        pump();
        if (isRetiring && environment.callCount === 0) void environment.end();
        else endWhenIdle(environment);
      },
      onEnd: () => forget(environment),
    });
    environments.set(environment, log);
    return environment;
  };
  const forget = (environment: ExecutionEnvironment): void => {
    environments.delete(environment);
    clearTimeout(idleTimers.get(environment));
    idleTimers.delete(environment);
    if (isRetiring && environments.size === 0) retired.resolve();
  };
  const endWhenIdle = (environment: ExecutionEnvironment): void => {
    clearTimeout(idleTimers.get(environment));
    if (environment.callCount > 0 || !environments.has(environment)) return;
    const timer = setTimeout(() => {
      if (environments.size > 1 && environment.callCount === 0) void endEnvironment(environment);
    }, options.idleSeconds * 1_000);
    idleTimers.set(environment, timer.unref());
  };
  /** The environment is removed from the pool before it ends, so that it gets no further calls. */
  const endEnvironment = (environment: ExecutionEnvironment): Promise<void> => {
    forget(environment);
    return environment.end();
  };
  const environmentFor = (call: Call): ExecutionEnvironment | undefined => {
    const free = [...environments.keys()].find((environment) => hasRoom(environment, call));
    if (free !== undefined) return free;
    return environments.size < options.maximumEnvironments ? start() : sharedEnvironment();
  };
  const sharedEnvironment = (): ExecutionEnvironment | undefined =>
    options.oneAtATime
      ? undefined
      : [...environments.keys()]
          .filter((environment) => environment.accepting)
          .toSorted((left, right) => left.payloadCharacters - right.payloadCharacters)[0];
  const pump = (): void => {
    for (let call = waiting[0]; !stopped && call !== undefined; call = waiting[0]) {
      const environment = environmentFor(call);
      if (environment === undefined) return;
      waiting.shift();
      clearTimeout(idleTimers.get(environment));
      const log = options.oneAtATime ? environments.get(environment) : undefined;
      environment.run(log?.follow(call) ?? call);
    }
  };
  const endAll = (): Promise<unknown> => Promise.all([...environments.keys()].map(endEnvironment));

  return {
    get callCount() {
      return (
        waiting.length + [...environments.keys()].reduce((sum, environment) => sum + environment.callCount, 0)
      );
    },
    get environmentCount() {
      return environments.size;
    },
    run: (call) => {
      waiting.push(call);
      pump();
    },
    prewarm: async () => {
      if (!stopped && environments.size === 0) start();
      await Promise.all([...environments.keys()].map((environment) => environment.loaded));
    },
    kill: () => void endAll(),
    retire: () => {
      isRetiring = true;
      stopped = true;
      for (const environment of [...environments.keys()])
        if (environment.callCount === 0) void endEnvironment(environment);
      if (environments.size === 0) retired.resolve();
      return { waiting: waiting.splice(0), ended: retired.promise };
    },
    stop: async () => {
      stopped = true;
      for (const call of waiting.splice(0)) call.listener.failed(killed(call.requestId));
      await endAll();
    },
  };
}
