import { randomBytes } from 'node:crypto';
import type { Call, CallListener } from '../call.ts';
import type { EnvironmentContext, ExecutionEnvironment } from '../execution-environment.ts';
import { type FaultOf, type FaultPayload, killed, timedOut } from '../fault-payloads.ts';
import type { RuntimeEvents } from './api-state.ts';
import { type Program, type ProgramEnd, type ProgramOptions, startProgram } from './program.ts';

/** Options of a function's process. */
export interface ProcessOptions extends ProgramOptions, EnvironmentContext {
  /** Time to load the function before its first call. */
  readonly initLimitMs: number;
}

/** The call that the process runs or will run. */
interface AssignedCall {
  readonly call: Call;
  /** The process received the call; the function may have had effects. */
  handed: boolean;
  /** The process was started again for this call. */
  restarted: boolean;
  deadlineAt?: number;
  timer?: NodeJS.Timeout;
}

/**
 * Starts a process for a function, which runs one call at a time. If the function cannot be loaded, or not within
 * the limit, the process is started once more within the time limit of the call, as in Lambda.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html#runtimes-lifecycle-ib
 */
export function startRuntimeProcess(options: ProcessOptions): ExecutionEnvironment {
  const loaded = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<void>();
  const limitMs = options.config.timeoutSeconds * 1_000;
  let assigned: AssignedCall | undefined;
  let accepting = true;
  let ready = false;
  let initTimer: NodeJS.Timeout | undefined;

  const settle = (report: (listener: CallListener) => void): void => {
    if (assigned === undefined) return;
    const { call, timer } = assigned;
    assigned = undefined;
    clearTimeout(timer);
    report(call.listener);
    options.onChange();
  };
  const fail = (fault: FaultPayload): void => {
    if (assigned === undefined) return;
    options.log(`${assigned.call.requestId} ERROR ${JSON.stringify(fault)}`);
    settle((listener) => listener.failed(fault));
  };
  const endWith = (fault: FaultOf): void => {
    accepting = false;
    program.end(fault);
  };
  /** The time limit includes the second start, and the wait for a process that has not finished its previous call. */
  const startClock = (): void => {
    if (assigned === undefined || assigned.timer !== undefined) return;
    const { requestId } = assigned.call;
    assigned.deadlineAt = Date.now() + limitMs;
    assigned.timer = setTimeout(() => {
      const fault = timedOut(requestId, options.config.timeoutSeconds);
      endWith(() => fault);
      fail(fault);
    }, limitMs);
  };
  const give = (): void => {
    if (assigned === undefined) return;
    startClock();
    const { call, deadlineAt = 0 } = assigned;
    program.give({ ...call, deadlineAt, traceId: newTraceId() });
  };
  const events: RuntimeEvents = {
    ready: () => {
      ready = true;
      clearTimeout(initTimer);
      loaded.resolve();
      give();
    },
    handed: () => {
      if (assigned !== undefined) assigned.handed = true;
    },
    initFailed: () => clearTimeout(initTimer),
    done: (payload) => settle((listener) => listener.done(payload)),
    failed: fail,
    ended: () => settle((listener) => listener.ended()),
    chunk: (bytes, contentType) => passChunk(assigned?.call, bytes, contentType),
  };
  const start = (): Program => {
    ready = false;
    const started = startProgram(options, events);
    void started.ended.then(afterEnd);
    return started;
  };
  const afterEnd = ({ fault, mayRunAgain }: ProgramEnd): void => {
    clearTimeout(initTimer);
    if (accepting && mayRunAgain && assigned !== undefined && !assigned.handed && !assigned.restarted) {
      options.log(`ERROR ${JSON.stringify(fault(assigned.call.requestId))}`);
      assigned.restarted = true;
      startClock();
      program = start();
      return;
    }
    if (accepting && assigned === undefined) options.log(`ERROR ${JSON.stringify(fault('none'))}`);
    accepting = false;
    loaded.resolve();
    options.onEnd();
    if (assigned !== undefined) fail(fault(assigned.call.requestId));
    options.onChange();
    ended.resolve();
  };
  let program = start();
  initTimer = setTimeout(() => program.end(initTimedOut(options.initLimitMs)), options.initLimitMs);
  return {
    get callCount() {
      return assigned === undefined ? 0 : 1;
    },
    get payloadCharacters() {
      return assigned?.call.payload.length ?? 0;
    },
    get accepting() {
      return accepting;
    },
    loaded: loaded.promise,
    run: (call) => {
      assigned = { call, handed: false, restarted: false };
      if (ready) give();
    },
    end: () => {
      endWith(killed);
      return ended.promise;
    },
  };
}

/** Shown in the log only: the second start has another limit. */
function initTimedOut(limitMs: number): FaultOf {
  return () => ({
    errorType: 'Sandbox.Timedout',
    errorMessage: `The function was not loaded within ${limitMs / 1_000} seconds`,
  });
}

/** A chunk is read at once if its call has ended or no client reads the response any longer. */
async function passChunk(call: Call | undefined, bytes: Uint8Array, contentType: string): Promise<void> {
  const disconnected = call?.readerDisconnected;
  if (call === undefined || disconnected?.aborted) return;
  await new Promise<void>((resolve) => {
    disconnected?.addEventListener('abort', () => resolve(), { once: true });
    call.listener.chunk(bytes, contentType, resolve);
  });
}

/**
 * Creates the header of a trace that is not sampled.
 * @see https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader
 */
function newTraceId(): string {
  const seconds = Math.floor(Date.now() / 1_000).toString(16);
  const [root, parent] = [randomBytes(12).toString('hex'), randomBytes(8).toString('hex')];
  return `Root=1-${seconds}-${root};Parent=${parent};Sampled=0`;
}
