import type { DirectFunction } from '../direct/direct-calls.ts';
import type { Call } from './call.ts';
import { killed } from './fault-payloads.ts';
import type { FunctionConfig } from './function-config.ts';
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
  /**
   * Ends each thread once its calls have settled, because another pool replaces this one. Returns the waiting calls, which no thread
   * has received, for that other pool. Settles `ended` after the last thread.
   */
  retire(): { readonly waiting: readonly Call[]; readonly ended: Promise<void> };
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
  log(line: string): void;
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
  const threads = new Set<RuntimeThread>();
  const idleTimers = new Map<RuntimeThread, NodeJS.Timeout>();
  const waiting: Call[] = [];
  let stopped = false;
  const retired = Promise.withResolvers<void>();
  let isRetiring = false;

  const hasRoom = (thread: RuntimeThread, { payload }: Call): boolean =>
    thread.accepting &&
    (thread.callCount === 0 ||
      (!options.oneAtATime && thread.payloadCharacters + payload.length <= sharedCharacters));
  const start = (): RuntimeThread => {
    const thread = startRuntimeThread({
      config: options.config,
      exclusive: options.oneAtATime,
      addedEnvironment: options.addedEnvironment,
      direct: options.direct,
      threadModule: options.threadModule,
      log: options.log,
      onChange: () => {
        pump();
        if (isRetiring && thread.callCount === 0) void thread.end();
        else endWhenIdle(thread);
      },
      onEnd: () => forget(thread),
    });
    threads.add(thread);
    return thread;
  };
  const forget = (thread: RuntimeThread): void => {
    threads.delete(thread);
    clearTimeout(idleTimers.get(thread));
    idleTimers.delete(thread);
    if (isRetiring && threads.size === 0) retired.resolve();
  };
  const endWhenIdle = (thread: RuntimeThread): void => {
    clearTimeout(idleTimers.get(thread));
    if (thread.callCount > 0 || !threads.has(thread)) return;
    const timer = setTimeout(() => {
      if (threads.size > 1 && thread.callCount === 0) void endThread(thread);
    }, options.idleSeconds * 1_000);
    idleTimers.set(thread, timer.unref());
  };
  /** The thread is removed from the pool before it ends, so that it gets no further calls. */
  const endThread = (thread: RuntimeThread): Promise<void> => {
    forget(thread);
    return thread.end();
  };
  const threadFor = (call: Call): RuntimeThread | undefined => {
    const free = [...threads].find((thread) => hasRoom(thread, call));
    if (free !== undefined) return free;
    return threads.size < options.maximumThreads ? start() : sharedThread();
  };
  const sharedThread = (): RuntimeThread | undefined =>
    options.oneAtATime
      ? undefined
      : [...threads]
          .filter((thread) => thread.accepting)
          .toSorted((left, right) => left.payloadCharacters - right.payloadCharacters)[0];
  const pump = (): void => {
    for (let call = waiting[0]; !stopped && call !== undefined; call = waiting[0]) {
      const thread = threadFor(call);
      if (thread === undefined) return;
      waiting.shift();
      clearTimeout(idleTimers.get(thread));
      thread.run(call);
    }
  };
  const endAll = (): Promise<unknown> => Promise.all([...threads].map(endThread));

  return {
    get callCount() {
      return waiting.length + [...threads].reduce((sum, thread) => sum + thread.callCount, 0);
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
      await Promise.all([...threads].map((thread) => thread.loaded));
    },
    kill: () => void endAll(),
    retire: () => {
      isRetiring = true;
      stopped = true;
      for (const thread of [...threads]) if (thread.callCount === 0) void endThread(thread);
      if (threads.size === 0) retired.resolve();
      return { waiting: waiting.splice(0), ended: retired.promise };
    },
    stop: async () => {
      stopped = true;
      for (const call of waiting.splice(0)) call.listener.failed(killed(call.requestId));
      await endAll();
    },
  };
}
