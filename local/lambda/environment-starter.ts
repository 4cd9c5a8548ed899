import type { DirectFunction } from '../direct/direct-calls.ts';
import type { EnvironmentContext, ExecutionEnvironment } from './execution-environment.ts';
import type { FunctionConfig } from './function-config.ts';
import { launchOf } from './process/launch.ts';
import type { ProcessOptions } from './process/runtime-process.ts';
import { startRuntimeProcess } from './process/runtime-process.ts';
import { startRuntimeThread } from './thread/runtime-thread.ts';
import type { WorkerOptions } from './thread/start-worker.ts';
import { processModuleOf } from './thread/thread-module.ts';

/** What the execution environments of a function need, whether they are threads or processes. */
export interface StarterOptions
  extends Omit<WorkerOptions, 'direct' | keyof EnvironmentContext>,
    Omit<ProcessOptions, 'launch' | keyof EnvironmentContext> {
  /** Returns how a thread of the function serves its calls of DynamoDB; processes call the AWS endpoint. */
  readonly directFor: ((config: FunctionConfig) => DirectFunction | undefined) | undefined;
}

/** Returns a function that starts an execution environment: a thread for Node.js, a process for everything else. */
export function environmentStarter(
  options: StarterOptions,
): (context: EnvironmentContext) => ExecutionEnvironment {
  const { config, directFor, ...rest } = options;
  if (config.program.kind === 'thread') {
    const direct = directFor?.(config);
    return (context) => startRuntimeThread({ ...rest, ...context, config, direct });
  }
  const launch = () => launchOf(config, processModuleOf(options.threadModule));
  return (context) => startRuntimeProcess({ ...rest, ...context, config, launch });
}
