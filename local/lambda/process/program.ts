import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { messageOf } from '../../error-message.ts';
import type { BoundProcess, ProcessEnd } from '../../processes/bound-process.ts';
import type { MemoryWatch } from '../../processes/memory-watch.ts';
import { spawnBound } from '../../processes/spawn-bound.ts';
import type { EnvironmentContext } from '../execution-environment.ts';
import {
  exitedWithSignal,
  exitedWithStatus,
  type FaultOf,
  invalidEntrypoint,
  outOfMemory,
} from '../fault-payloads.ts';
import type { FunctionConfig } from '../function-config.ts';
import { functionEnvironment } from '../function-environment.ts';
import type { Invocation, RuntimeEvents } from './api-state.ts';
import type { Launch } from './launch.ts';
import { memoryMeter } from './memory-meter.ts';
import { type RuntimeApi, startRuntimeApi } from './runtime-api.ts';

/** What a function's program needs. */
export interface ProgramOptions extends Pick<EnvironmentContext, 'names' | 'log'> {
  readonly config: FunctionConfig;
  readonly addedEnvironment: Readonly<Record<string, string>>;
  readonly memory: MemoryWatch;
  launch(): Promise<Launch>;
}

/** A running program with its Runtime API. */
export interface Program {
  give(invocation: Invocation): void;
  /** Kills the program and the processes that it started; `ended` then resolves with this fault. */
  end(fault: FaultOf): void;
  /** Resolves when nothing of the program runs any longer; never rejects. */
  readonly ended: Promise<ProgramEnd>;
}

/** Why a program ended. `mayRunAgain` is false if it cannot be started on this machine. */
export interface ProgramEnd {
  readonly fault: FaultOf;
  readonly mayRunAgain: boolean;
}

/** Time for a program to end by itself after it reported that its code cannot be loaded. */
const exitMs = 1_000;
/** A process outside the group may keep the pipes open after the end of the program. */
const lastLinesMs = 1_000;

/** Starts the program of a function, which ends when this process ends, even if this process is killed. */
export function startProgram(options: ProgramOptions, events: RuntimeEvents): Program {
  const killed = Promise.withResolvers<FaultOf>();
  let fault: FaultOf | undefined;
  let child: BoundProcess | undefined;
  let api: RuntimeApi | undefined;
  const kill = (reason: FaultOf): void => {
    fault ??= reason;
    killed.resolve(fault);
    child?.kill();
  };
  const limitBytes = options.config.memoryMegabytes * 1024 * 1024;
  const meter = memoryMeter(options.memory, limitBytes, () => kill(outOfMemory));
  const watchedEvents: RuntimeEvents = {
    ...events,
    ready: () => {
      meter.rest();
      events.ready();
    },
    initFailed: (payload) => {
      fault ??= () => payload;
      setTimeout(() => child?.kill(), exitMs).unref();
      events.initFailed(payload);
    },
    done: (payload) => {
      meter.rest();
      events.done(payload);
    },
    failed: (payload) => {
      meter.rest();
      events.failed(payload);
    },
    ended: () => {
      meter.rest();
      events.ended();
    },
  };
  const run = async (): Promise<ProgramEnd> => {
    const launch = await Promise.race([options.launch(), killed.promise]);
    if (typeof launch === 'function') return { fault: launch, mayRunAgain: true };
    if ('refusal' in launch) return cannotStart(launch.refusal);
    api = await startRuntimeApi(watchedEvents);
    if (fault !== undefined) return { fault, mayRunAgain: true };
    child = spawnBound(commandOf(options, launch, api.address));
    meter.work(child.pid);
    const end = await endOf(child, options.log);
    meter.end();
    if (end.failure !== undefined) return cannotStart(end.failure);
    return { fault: fault ?? faultOf(end), mayRunAgain: true };
  };
  const ended = run()
    .catch((error: unknown) => cannotStart(messageOf(error)))
    .finally(() => api?.close());
  const give = (invocation: Invocation): void => {
    meter.work(child?.pid);
    api?.give(invocation);
  };
  return { give, end: kill, ended };
}

function commandOf(
  { config, names, addedEnvironment }: ProgramOptions,
  { command, environment }: Exclude<Launch, { readonly refusal: string }>,
  address: string,
) {
  return {
    command,
    directory: config.directory,
    environment: {
      ...functionEnvironment(config, names, addedEnvironment),
      ...environment,
      AWS_LAMBDA_RUNTIME_API: address,
    },
    output: 'pipes' as const,
    graceMs: 0,
  };
}

/** Settles when the program has ended and its last lines were read. */
async function endOf(child: BoundProcess, log: (line: string) => void): Promise<ProcessEnd> {
  const lines = Promise.all([child.output, child.errors].map((input) => readLines(input, log)));
  const end = await child.ended;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, lastLinesMs);
  });
  await Promise.race([lines, late]);
  clearTimeout(timer);
  return end;
}

function readLines(input: Readable | null, log: (line: string) => void): Promise<void> {
  return new Promise((resolve) => {
    if (input === null) return resolve();
    createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY }).on('line', log).once('close', resolve);
  });
}

function cannotStart(why: string): ProgramEnd {
  return { fault: (requestId) => invalidEntrypoint(requestId, why), mayRunAgain: false };
}

function faultOf({ exitCode = 1, signal }: ProcessEnd): FaultOf {
  if (signal !== undefined) return (requestId) => exitedWithSignal(requestId, signal);
  return (requestId) => exitedWithStatus(requestId, exitCode);
}
