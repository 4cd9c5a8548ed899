import { randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline';
import { Worker } from 'node:worker_threads';
import type { FunctionConfig } from './function-config.ts';
import type { ThreadSettings } from './thread/protocol.ts';
import { threadEnvironment } from './thread-environment.ts';

/** What a worker thread of a function is started with. */
export interface WorkerOptions {
  readonly config: FunctionConfig;
  /** True where the thread serves one call at a time, so that it can be ended with a call. */
  readonly exclusive: boolean;
  readonly addedEnvironment: Readonly<Record<string, string>>;
  /** Takes the lines that the function writes to its standard output and error. */
  log(line: string): void;
}

/** A shared thread stands for many environments, so it may use more memory than one. */
const SHARED_HEAP_MEGABYTES = 1_024;

/**
 * Starts the worker thread of a function, which loads it at once. Its heap is bounded by the function's memory
 * size; memory outside the heap, such as buffers, is not counted.
 */
export function startWorker(options: WorkerOptions): Worker {
  const { config } = options;
  const names = {
    logGroupName: `/aws/lambda/${config.name}`,
    logStreamName: `${new Date().toISOString().slice(0, 10).replaceAll('-', '/')}/[$LATEST]${randomUUID().replaceAll('-', '')}`,
  };
  const settings: ThreadSettings = {
    functionName: config.name,
    handler: config.handler,
    directory: config.directory,
    memoryMegabytes: config.memoryMegabytes,
    callbacksAllowed: Number.parseInt(config.runtime.slice('nodejs'.length), 10) < 24,
    ...names,
  };
  const worker = new Worker(new URL('./thread/entry.ts', import.meta.url), {
    workerData: settings,
    env: threadEnvironment(config, names, options.addedEnvironment),
    argv: [],
    execArgv: [],
    stdout: true,
    stderr: true,
    resourceLimits: {
      maxOldGenerationSizeMb: options.exclusive
        ? config.memoryMegabytes
        : Math.max(config.memoryMegabytes, SHARED_HEAP_MEGABYTES),
    },
  });
  for (const input of [worker.stdout, worker.stderr]) createInterface({ input }).on('line', options.log);
  return worker;
}
