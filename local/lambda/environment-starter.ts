import type { DirectFunction } from '../direct/direct-calls.ts';
import type { EnvironmentEvents, ExecutionEnvironment } from './execution-environment.ts';
import type { FunctionConfig } from './function-config.ts';
import { launchOf } from './process/launch.ts';
import type { ProcessOptions } from './process/runtime-process.ts';
import { startRuntimeProcess } from './process/runtime-process.ts';
import { startRuntimeThread } from './runtime-thread.ts';
import type { WorkerOptions } from './start-worker.ts';
import { processModuleOf } from './thread-module.ts';

/** What the execution environments of a function need, whether they are threads or processes. */
export interface StarterOptions
  extends Omit<WorkerOptions, 'direct'>,
    Omit<ProcessOptions, 'launch' | keyof EnvironmentEvents> {
  /** Returns how a thread of the function serves its calls of DynamoDB; processes call the AWS endpoint. */
  readonly directFor: ((config: FunctionConfig) => DirectFunction | undefined) | undefined;
}

/** Returns a function that starts an execution environment: a thread for Node.js, a process for everything else. */
export function environmentStarter(
  options: StarterOptions,
): (events: EnvironmentEvents) => ExecutionEnvironment {
  const { config, directFor, ...rest } = options;
  if (config.program.kind === 'thread') {
    const direct = directFor?.(config);
    return (events) => startRuntimeThread({ ...rest, ...events, config, direct });
  }
  const launch = () => launchOf(config, processModuleOf(options.threadModule));
  return (events) => startRuntimeProcess({ ...rest, ...events, config, launch });
}
