import type { Call } from './call.ts';
import { killed } from './fault-payloads.ts';
import type { FunctionConfig } from './function-config.ts';
import { type RuntimeThread, startRuntimeThread } from './runtime-thread.ts';

/** All threads of one function. */
export interface FunctionPool {
  /** Calls running or waiting. */
  readonly callCount: number;
  readonly threadCount: number;
  run(call: Call): void;
  /** Starts a first thread where there is none; settles when the function was loaded or failed to. */
  prewarm(): Promise<void>;
  /** Ends all threads now; their calls are answered with `signal: killed`. Waiting calls get new threads. */
  kill(): void;
  /** As kill, but waiting calls are answered too and nothing is started again. */
  stop(): Promise<void>;
}

/** How a function's threads are kept. */
export interface PoolOptions {
  readonly config: FunctionConfig;
  /** One call at a time in a thread, and more threads up to `maximumThreads`; else all calls in one thread. */
  readonly oneAtATime: boolean;
  readonly maximumThreads: number;
  /** Threads beyond the first end after so long without a call. */
  readonly idleSeconds: number;
  readonly addedEnvironment: Readonly<Record<string, string>>;
  log(line: string): void;
}

/** Threads are started by the first calls that need them; a call beyond all bounds waits for its turn. */
export function createFunctionPool(options: PoolOptions): FunctionPool {
  const threads = new Set<RuntimeThread>();
  const idleTimers = new Map<RuntimeThread, NodeJS.Timeout>();
  const waiting: Call[] = [];
  let stopped = false;

  const hasRoom = (thread: RuntimeThread): boolean =>
    thread.accepting && (!options.oneAtATime || thread.callCount === 0);
  const start = (): RuntimeThread => {
    const thread = startRuntimeThread({
      config: options.config,
      exclusive: options.oneAtATime,
      addedEnvironment: options.addedEnvironment,
      log: options.log,
      onChange: () => {
        pump();
        endWhenIdle(thread);
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
  };
  const endWhenIdle = (thread: RuntimeThread): void => {
    clearTimeout(idleTimers.get(thread));
    if (thread.callCount > 0 || !threads.has(thread)) return;
    const timer = setTimeout(() => {
      if (threads.size > 1 && thread.callCount === 0) void retire(thread);
    }, options.idleSeconds * 1_000);
    idleTimers.set(thread, timer.unref());
  };
  /** Forgotten before it ends, so that no call is handed to a thread on its way out. */
  const retire = (thread: RuntimeThread): Promise<void> => {
    forget(thread);
    return thread.end();
  };
  const freeThread = (): RuntimeThread | undefined => {
    const free = [...threads].find(hasRoom);
    const mayStart = threads.size < (options.oneAtATime ? options.maximumThreads : 1);
    return free ?? (mayStart ? start() : undefined);
  };
  const pump = (): void => {
    while (!stopped && waiting.length > 0) {
      const thread = freeThread();
      const call = thread === undefined ? undefined : waiting.shift();
      if (thread === undefined || call === undefined) return;
      clearTimeout(idleTimers.get(thread));
      thread.run(call);
    }
  };
  const endAll = (): Promise<unknown> => Promise.all([...threads].map(retire));

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
    stop: async () => {
      stopped = true;
      for (const call of waiting.splice(0)) call.listener.failed(killed(call.requestId));
      await endAll();
    },
  };
}
