import type { DirectFunction } from '../direct/direct-calls.ts';
import type { FunctionEventWriter } from '../logs/function-events.ts';
import type { Call } from './call.ts';
import { killed } from './fault-payloads.ts';
import type { FunctionConfig } from './function-config.ts';
import { createInvocationLog, type FunctionLine, type InvocationLog } from './output/invocation-log.ts';
import { type RuntimeThread, startRuntimeThread } from './runtime-thread.ts';

/** The threads of one function. */
export interface FunctionPool {
  /** Number of running and waiting calls. */
  readonly callCount: number;
  readonly threadCount: number;
  run(call: Call): void;
  /** Starts a first thread if none exists. Settles when the function was loaded or failed to load. */
  prewarm(): Promise<void>;
  /** Ends all threads now; their calls fail with `signal: killed`. Waiting calls get new threads. */
  kill(): void;
  /** Like `kill`, but waiting calls fail too and no thread is started again. */
  stop(): Promise<void>;
}

/** Options of a function's threads. */
export interface PoolOptions {
  readonly config: FunctionConfig;
  /**
   * If true, a thread runs one call at a time; otherwise calls share threads. Both use at most
   * `maximumThreads`.
   */
  readonly oneAtATime: boolean;
  readonly maximumThreads: number;
  /** Threads other than the first end after this many seconds without a call. */
  readonly idleSeconds: number;
  readonly addedEnvironment: Readonly<Record<string, string>>;
  readonly direct?: DirectFunction | undefined;
  readonly threadModule: URL;
  /** Stores the lines of functions that run one call at a time. */
  readonly events?: FunctionEventWriter | undefined;
  onLine(line: FunctionLine): void;
}

/**
 * Maximum size of the payloads that share a thread. On AWS each call has the whole memory of an environment.
 * Therefore a few calls with bodies of a megabyte get threads of their own, while many small ones share one.
 */
const sharedCharacters = 2_000_000;

/**
 * Creates a pool. Threads are started by the first calls that need them. If each call gets its own thread, a
 * call beyond the limit waits for a free thread; calls that share threads do not wait.
 */
export function createFunctionPool(options: PoolOptions): FunctionPool {
  const threads = new Map<RuntimeThread, InvocationLog>();
  const idleTimers = new Map<RuntimeThread, NodeJS.Timeout>();
  const waiting: Call[] = [];
  let stopped = false;

  const hasRoom = (thread: RuntimeThread, { payload }: Call): boolean =>
    thread.accepting &&
    (thread.callCount === 0 ||
      (!options.oneAtATime && thread.payloadCharacters + payload.length <= sharedCharacters));
  const start = (): RuntimeThread => {
    const log = createInvocationLog({
      config: options.config,
      events: options.oneAtATime ? options.events : undefined,
      onLine: options.onLine,
    });
    const thread = startRuntimeThread({
      config: options.config,
      exclusive: options.oneAtATime,
      addedEnvironment: options.addedEnvironment,
      direct: options.direct,
      threadModule: options.threadModule,
      names: log.names,
      log: log.line,
      onChange: () => {
        pump();
        endWhenIdle(thread);
      },
      onEnd: () => forget(thread),
    });
    threads.set(thread, log);
    return thread;
  };
  const forget = (thread: RuntimeThread): void => {
    threads.delete(thread);
    clearTimeout(idleTimers.get(thread));
    idleTimers.delete(thread);
  };
  const endWhenIdle = (thread: RuntimeThread): void => {
    clearTimeout(idleTimers.get(thread));
    if (thread.callCount > 0 || !threads.has(thread)) return;
    const timer = setTimeout(() => {
      if (threads.size > 1 && thread.callCount === 0) void retire(thread);
    }, options.idleSeconds * 1_000);
    idleTimers.set(thread, timer.unref());
  };
  /** The thread is removed from the pool before it ends, so that it gets no further calls. */
  const retire = (thread: RuntimeThread): Promise<void> => {
    forget(thread);
    return thread.end();
  };
  const threadFor = (call: Call): RuntimeThread | undefined => {
    const free = [...threads.keys()].find((thread) => hasRoom(thread, call));
    if (free !== undefined) return free;
    return threads.size < options.maximumThreads ? start() : sharedThread();
  };
  const sharedThread = (): RuntimeThread | undefined =>
    options.oneAtATime
      ? undefined
      : [...threads.keys()]
          .filter((thread) => thread.accepting)
          .toSorted((left, right) => left.payloadCharacters - right.payloadCharacters)[0];
  const pump = (): void => {
    for (let call = waiting[0]; !stopped && call !== undefined; call = waiting[0]) {
      const thread = threadFor(call);
      if (thread === undefined) return;
      waiting.shift();
      clearTimeout(idleTimers.get(thread));
      const log = options.oneAtATime ? threads.get(thread) : undefined;
      thread.run(log?.follow(call) ?? call);
    }
  };
  const endAll = (): Promise<unknown> => Promise.all([...threads.keys()].map(retire));

  return {
    get callCount() {
      return waiting.length + [...threads.keys()].reduce((sum, thread) => sum + thread.callCount, 0);
    },
    get threadCount() {
      return threads.size;
    },
    run: (call) => {
      waiting.push(call);
      pump();
    },
    prewarm: async () => {
      if (!stopped && threads.size === 0) start();
      await Promise.all([...threads.keys()].map((thread) => thread.loaded));
    },
    kill: () => void endAll(),
    stop: async () => {
      stopped = true;
      for (const call of waiting.splice(0)) call.listener.failed(killed(call.requestId));
      await endAll();
    },
  };
}
