import { type LineSplitter, splitLines } from '../../logs/line-splitter.ts';
import type { Call } from '../call.ts';
import type { EnvironmentContext, ExecutionEnvironment } from '../execution-environment.ts';
import { exitedWithStatus, type FaultPayload, killed, timedOut } from '../fault-payloads.ts';
import type { FromThread, ToThread } from './protocol.ts';
import { startWorker, type WorkerOptions } from './start-worker.ts';

/** Options and callbacks of a thread. */
export interface ThreadOptions extends WorkerOptions, EnvironmentContext {}

/** A running call with its time limit, which starts when the function runs. */
interface RunningCall {
  readonly call: Call;
  timer?: NodeJS.Timeout;
}

/** Lambda allows 10 s to load a function; this limit allows for a busy machine. */
const loadLimitMs = 30_000;
/** A shared thread that does not respond to a ping within this time is blocked by user code and is ended. */
const pingLimitMs = 2_000;

/**
 * Starts a thread for a function. The heap limit is the function's memory size minus the runtime's share;
 * memory outside the heap, such as buffers, is not counted. A timeout ends an exclusive thread. In a shared
 * thread, only the call ends and its remaining work is not stopped, unless the whole thread is blocked.
 */
export function startRuntimeThread(options: ThreadOptions): ExecutionEnvironment {
  const running = new Map<string, RunningCall>();
  const loaded = Promise.withResolvers<void>();
  const worker = startWorker(options);
  const post = (message: ToThread): void => worker.postMessage(message);
  let ready = false;
  /** Set as soon as the thread is about to end: creates the payload with which its calls fail. */
  let endFault: ((requestId: string) => FaultPayload) | undefined;

  const output: Readonly<Record<'stdout' | 'stderr', LineSplitter>> = {
    stdout: splitLines(options.log),
    stderr: splitLines(options.log),
  };
  const flushOutput = (): void => {
    for (const lines of Object.values(output)) lines.flush();
  };
  const settle = (requestId: string, answer: (call: Call) => void): void => {
    const entry = running.get(requestId);
    if (entry === undefined) return;
    running.delete(requestId);
    clearTimeout(entry.timer);
    if (options.exclusive) flushOutput();
    answer(entry.call);
    options.onChange();
  };
  const fail = (requestId: string, fault: FaultPayload): void => {
    if (options.exclusive) flushOutput();
    options.log(`${requestId} ERROR ${JSON.stringify(fault)}`);
    settle(requestId, (call) => call.listener.failed(fault));
  };
  const end = async (): Promise<void> => {
    endFault ??= killed;
    await worker.terminate();
  };
  const endIfBlocked = (): void => {
    const timer = setTimeout(() => void end(), pingLimitMs);
    pongHandlers.push(() => clearTimeout(timer));
    post({ kind: 'ping' });
  };
  const pongHandlers: Array<() => void> = [];
  const expire = (requestId: string): void => {
    if (options.exclusive) void end();
    else endIfBlocked();
    fail(requestId, timedOut(requestId, options.config.timeoutSeconds));
  };
  const hand = (entry: RunningCall): void => {
    const { requestId, payload, functionArn } = entry.call;
    const limitMs = options.config.timeoutSeconds * 1_000;
    entry.timer = setTimeout(() => expire(requestId), limitMs);
    const deadlineAt = Date.now() + limitMs;
    post({ kind: 'invoke', requestId, payload, functionArn, deadlineAt });
    onAbort(entry.call.readerDisconnected, () => post({ kind: 'abandoned', requestId }));
  };
  const returnCall = async ({ callId, service, request }: Extract<FromThread, { kind: 'call' }>) => {
    const response = await options.direct?.main.call(service, request);
    if (response !== undefined) post({ kind: 'returned', callId, response });
  };
  const receive = (message: FromThread): void => {
    if (message.kind === 'ready') {
      ready = true;
      clearTimeout(loadTimer);
      loaded.resolve();
      for (const entry of running.values()) hand(entry);
    } else if (message.kind === 'output') output[message.source].add(message.text);
    else if (message.kind === 'pong') pongHandlers.shift()?.();
    else if (message.kind === 'written') options.direct?.main.written(message.streamArn);
    else if (message.kind === 'report') options.direct?.main.log(message.line);
    else if (message.kind === 'call')
      returnCall(message).catch((error: unknown) => options.log(`ERROR ${String(error)}`));
    else if (message.kind === 'fatal') {
      options.log(`ERROR ${JSON.stringify(message.fault)}`);
      endFault ??= () => message.fault;
    } else if (message.kind === 'chunk') {
      const taken = (): void => post({ kind: 'taken', requestId: message.requestId });
      const listener = running.get(message.requestId)?.call.listener;
      // After a timeout no one reads the stream; the handler must not wait for a reader.
      if (listener === undefined) taken();
      else listener.chunk(message.bytes, message.contentType, taken);
    } else if (message.kind === 'ended') settle(message.requestId, (call) => call.listener.ended());
    else if (message.kind === 'done') {
      settle(message.requestId, (call) => call.listener.done(message.payload));
    } else fail(message.requestId, message.fault);
  };
  const loadTimer = setTimeout(() => {
    endFault ??= (requestId) => timedOut(requestId, loadLimitMs / 1_000);
    void worker.terminate();
  }, loadLimitMs);

  worker.on('message', receive);
  worker.on('error', (error) => {
    options.log(`ERROR ${String(error)}`);
    endFault ??= killed;
  });
  worker.on('exit', (exitStatus) => {
    clearTimeout(loadTimer);
    for (const cancel of pongHandlers) cancel();
    loaded.resolve();
    flushOutput();
    options.direct?.threadEnded();
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
