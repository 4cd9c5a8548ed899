import { type ResourceLimits, Worker } from 'node:worker_threads';
import type { DirectFunction } from '../../direct/direct-calls.ts';
import type { FunctionConfig } from '../function-config.ts';
import { functionEnvironment, type LogNames } from '../function-environment.ts';
import type { ThreadSettings } from './protocol.ts';

/** Options of a function's worker thread. */
export interface WorkerOptions {
  readonly config: FunctionConfig;
  /** True if the thread runs one call at a time, so that a timeout of the call can end the thread. */
  readonly exclusive: boolean;
  readonly addedEnvironment: Readonly<Record<string, string>>;
  /** Absent, all AWS calls of the function go to the AWS endpoint. */
  readonly direct?: DirectFunction | undefined;
  /** First module of the thread. */
  readonly threadModule: URL;
  /** The log group and the log stream in the context of the calls. */
  readonly names: LogNames;
}

/** Memory that Node.js and the runtime client use before any code of the function runs. */
const runtimeMegabytes = 64;

/**
 * Returns the heap limits of a function's thread: its memory size minus the share of the runtime, a sixteenth
 * of it for new objects. A function has at least 128 MB.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
 */
export function heapLimits(memoryMegabytes: number): ResourceLimits {
  const heapMegabytes = memoryMegabytes - runtimeMegabytes;
  const maxYoungGenerationSizeMb = Math.floor(heapMegabytes / 16);
  return { maxYoungGenerationSizeMb, maxOldGenerationSizeMb: heapMegabytes - maxYoungGenerationSizeMb };
}

/**
 * Starts the worker thread of a function, which loads it at once. The function's memory size limits its heap;
 * memory outside the heap, such as buffers, is not counted.
 */
export function startWorker(options: WorkerOptions): Worker {
  const { config, names } = options;
  const settings: ThreadSettings = {
    functionName: config.name,
    handler: config.handler,
    directory: config.directory,
    memoryMegabytes: config.memoryMegabytes,
    callbacksAllowed: allowsCallbacks(config),
    ...names,
    ...(options.direct === undefined ? {} : { directCalls: options.direct.calls }),
  };
  return new Worker(options.threadModule, {
    name: config.name,
    workerData: settings,
    env: functionEnvironment(config, names, options.addedEnvironment),
    argv: [],
    execArgv: [],
    // The thread sends its output as messages.
    stdout: true,
    stderr: true,
    resourceLimits: heapLimits(config.memoryMegabytes),
  });
}

/** Runtimes from nodejs24.x on refuse handlers with a callback parameter. */
function allowsCallbacks({ runtime = '' }: FunctionConfig): boolean {
  return Number.parseInt(runtime.slice('nodejs'.length), 10) < 24;
}
