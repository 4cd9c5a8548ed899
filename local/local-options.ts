import type { BatchFaults } from './batch/batch-fault.ts';
import type { FaultHook } from './events/fault.ts';
import type { CallRecorder } from './gateway/call-record.ts';
import type { InvocationFaultHook } from './lambda/faulty-invoker.ts';
import type { ExecutionStart } from './stepfunctions/executions.ts';
import type { PassingBatch } from './streams/process-batch.ts';

/** How an app is to run on this machine. */
export interface LocalOptions {
  /** Directory of a synthesized cloud assembly. */
  readonly assemblyDirectory: string;
  /** All state is kept below it; made when absent. */
  readonly dataDirectory: string;
  /** Port of the API on 127.0.0.1; 0 is any free one. */
  readonly port: number;
  /** Functions that get one call at a time and their own memory limit; the others share one thread each. */
  readonly oneAtATime: (functionName: string) => boolean;
  /** Invocations of functions at a time, over all of them; 1,000 if absent. */
  readonly accountConcurrency?: number;
  /** False: each function is loaded by its first call, and not before the app is ready; true if absent. */
  readonly prewarm?: boolean;
  /** Address of another DynamoDB-compatible server. */
  readonly dynamoDbEndpoint?: string;
  /** Lines for the person at this machine. */
  readonly log?: (line: string) => void;
  readonly recorder?: CallRecorder;
  readonly executionFaults?: FaultHook<ExecutionStart>;
  /** Harms batches on their way from a stream to its function. */
  readonly streamFaults?: FaultHook<PassingBatch>;
  /** Harms the calls of state machines and stream mappings to functions. */
  readonly invocationFaults?: InvocationFaultHook;
  /** Harms attempts of Batch jobs and the events that tell of them. */
  readonly batchFaults?: BatchFaults;
  /** Shortens the time limits of Batch attempts, for tests; 1 if absent. */
  readonly batchTimeLimitScale?: number;
  /** Shortens the pauses between retries of the runtime itself, for tests; 1 if absent. */
  readonly delayScale?: number;
}
