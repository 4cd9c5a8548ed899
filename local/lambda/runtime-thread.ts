import type { Call } from './call.ts';
import { exitedWithStatus, type FaultPayload, killed, timedOut } from './fault-payloads.ts';
import { startWorker, type WorkerOptions } from './start-worker.ts';
import type { FromThread, ToThread } from './thread/protocol.ts';

/** One execution environment: a thread that loaded a function. */
export interface RuntimeThread {
  /** Calls that were handed over and did not settle yet. */
  readonly callCount: number;
  /** Characters of the payloads of those calls. */
  readonly payloadCharacters: number;
  /** False once the thread is on its way out: a call handed to it would be lost. */
  readonly accepting: boolean;
  run(call: Call): void;
  /** Settles when the function was loaded, or when the thread ended instead. */
  readonly loaded: Promise<void>;
  /** Ends the thread at once; calls in flight are answered with `signal: killed`. */
  end(): Promise<void>;
}

/** How a thread is run and who hears of it. */
export interface ThreadOptions extends WorkerOptions {
  /** A call settled, or the thread ended: there may be room or work. */
  onChange(): void;
  onEnd(): void;
}

/** A call in flight, with its time limit once the function runs. */
interface RunningCall {
  readonly call: Call;
  timer?: NodeJS.Timeout;
}

/** Lambda gives the loading of a function 10 s; this leaves room for a busy machine. */
const LOAD_LIMIT_MILLISECONDS = 30_000;
/** A shared thread that does not answer a ping for so long is blocked by user code and is ended. */
const PING_LIMIT_MILLISECONDS = 2_000;

/**
 * Starts a thread for a function. The heap limit is the function's memory size without the runtime's share; memory outside
 * the heap, such as buffers, is not counted. A time-out ends an exclusive thread; in a shared one only that call is answered and
 * what it left running is not stopped, unless the whole thread is blocked.
 */
export function startRuntimeThread(options: ThreadOptions): RuntimeThread {
  const running = new Map<string, RunningCall>();
  const loaded = Promise.withResolvers<void>();
  const worker = startWorker(options);
  const post = (message: ToThread): void => worker.postMessage(message);
  let ready = false;
  /** Set as soon as the thread is on its way out: what its calls are answered with. */
  let endFault: ((requestId: string) => FaultPayload) | undefined;

  const settle = (requestId: string, answer: (call: Call) => void): void => {
    const entry = running.get(requestId);
    if (entry === undefined) return;
    running.delete(requestId);
    clearTimeout(entry.timer);
    answer(entry.call);
    options.onChange();
  };
  const fail = (requestId: string, fault: FaultPayload): void => {
    options.log(`${requestId} ERROR ${JSON.stringify(fault)}`);
    settle(requestId, (call) => call.listener.failed(fault));
  };
  const end = async (): Promise<void> => {
    endFault ??= killed;
    await worker.terminate();
  };
  const endIfBlocked = (): void => {
    const timer = setTimeout(() => void end(), PING_LIMIT_MILLISECONDS);
    answerToPing.push(() => clearTimeout(timer));
    post({ kind: 'ping' });
  };
  const answerToPing: Array<() => void> = [];
  const expire = (requestId: string): void => {
    if (options.exclusive) void end();
    else endIfBlocked();
    fail(requestId, timedOut(requestId, options.config.timeoutSeconds));
  };
  const hand = (entry: RunningCall): void => {
    const { requestId, payload, functionArn } = entry.call;
    const limitMilliseconds = options.config.timeoutSeconds * 1_000;
    entry.timer = setTimeout(() => expire(requestId), limitMilliseconds);
    const deadlineEpochMilliseconds = Date.now() + limitMilliseconds;
    post({ kind: 'invoke', requestId, payload, functionArn, deadlineEpochMilliseconds });
    onAbort(entry.call.readerGone, () => post({ kind: 'abandoned', requestId }));
  };
  const receive = (message: FromThread): void => {
    if (message.kind === 'ready') {
      ready = true;
      clearTimeout(loadTimer);
      loaded.resolve();
      for (const entry of running.values()) hand(entry);
    } else if (message.kind === 'pong') answerToPing.shift()?.();
    else if (message.kind === 'fatal') {
      options.log(`ERROR ${JSON.stringify(message.fault)}`);
      endFault ??= () => message.fault;
    } else if (message.kind === 'chunk') {
      const taken = (): void => post({ kind: 'taken', requestId: message.requestId });
      const listener = running.get(message.requestId)?.call.listener;
      // After a time-out nobody reads any more; the handler must not wait for a reader.
      if (listener === undefined) taken();
      else listener.chunk(message.bytes, message.contentType, taken);
    } else if (message.kind === 'ended') settle(message.requestId, (call) => call.listener.ended());
    else if (message.kind === 'done') {
      settle(message.requestId, (call) => call.listener.done(message.payload));
    } else fail(message.requestId, message.fault);
  };
  const loadTimer = setTimeout(() => {
    endFault ??= (requestId) => timedOut(requestId, LOAD_LIMIT_MILLISECONDS / 1_000);
    void worker.terminate();
  }, LOAD_LIMIT_MILLISECONDS);

  worker.on('message', receive);
  worker.on('error', (error) => {
    options.log(`ERROR ${String(error)}`);
    endFault ??= killed;
  });
  worker.on('exit', (exitStatus) => {
    clearTimeout(loadTimer);
    for (const cancel of answerToPing) cancel();
    loaded.resolve();
    options.onEnd();
    const fault = endFault ?? ((requestId: string) => exitedWithStatus(requestId, exitStatus));
    for (const requestId of [...running.keys()]) fail(requestId, fault(requestId));
    options.onChange();
  });
  return {
    get callCount() {
      return running.size;
    },
    get payloadCharacters() {
      return [...running.values()].reduce((sum, { call }) => sum + call.payload.length, 0);
    },
    get accepting() {
      return endFault === undefined;
    },
    loaded: loaded.promise,
    run: (call) => {
      const entry: RunningCall = { call };
      running.set(call.requestId, entry);
      if (ready) hand(entry);
    },
    end,
  };
}

function onAbort(signal: AbortSignal | undefined, act: () => void): void {
  if (signal?.aborted) act();
  else signal?.addEventListener('abort', act, { once: true });
}
