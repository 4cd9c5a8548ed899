import type { AppSource } from './apps/load-apps.ts';
import type { BatchFaults } from './batch/batch-fault.ts';
import type { ContainerLine } from './batch/run/launch-attempt.ts';
import type { FaultHook } from './events/fault.ts';
import type { CallRecorder } from './gateway/call-record.ts';
import type { InvocationFaultHook } from './lambda/faulty-invoker.ts';
import type { FunctionLine } from './lambda/output/invocation-log.ts';
import type { ExecutionStart } from './stepfunctions/executions.ts';
import type { PassingBatch } from './streams/process-batch.ts';

/** Options for running an app on this machine. */
export interface LocalOptions {
  /** Directory of a synthesized cloud assembly. */
  readonly assemblyDirectory: string;
  /**
   * Further synthesized apps, which run beside the first one in the same account. Their functions get one call at a
   * time. An app with an error is left out as a whole and does not affect the others: see `LocalCloud.apps`.
   */
  readonly apps?: readonly AppSource[];
  /** All state is stored below it; created if it does not exist. */
  readonly dataDirectory: string;
  /** Port of the API on 127.0.0.1; 0 selects any free port. */
  readonly port: number;
  /**
   * Origins whose web pages may send requests to the API, besides those of this machine; `*` allows every origin. Whether a page
   * can read the responses is decided by the app itself, with the headers of CORS.
   */
  readonly allowedOrigins?: readonly string[];
  /**
   * Functions that get one call at a time and their own memory limit; each other function shares one thread
   * among calls.
   */
  readonly oneAtATime: (functionName: string) => boolean;
  /** Maximum number of concurrent invocations over all functions; default 1,000. */
  readonly accountConcurrency?: number;
  /** Selects functions that are loaded before `startLocal` returns; by default none, so that their first calls load them. */
  readonly prewarm?: (functionName: string) => boolean;
  /** Environment variables that a function gets in addition to those of its template, by the function's name. */
  readonly functionVariables?: (functionName: string) => Readonly<Record<string, string>>;
  /** Address of another DynamoDB-compatible server. */
  readonly dynamoDbEndpoint?: string;
  /**
   * Receives each line that a function writes, and each error that the runtime reports for it. The request ID and the event, which
   * is JSON, are known for functions that get one call at a time.
   */
  readonly onFunctionLine?: (line: FunctionLine) => void;
  /** Receives each line that a container of AWS Batch writes. */
  readonly onContainerLine?: (line: ContainerLine) => void;
  /** Receives lines for the user of this machine. */
  readonly log?: (line: string) => void;
  readonly recorder?: CallRecorder;
  readonly executionFaults?: FaultHook<ExecutionStart>;
  /** Injects faults into batches between a stream and its function. */
  readonly streamFaults?: FaultHook<PassingBatch>;
  /** Injects faults into the calls of state machines and stream mappings to functions. */
  readonly invocationFaults?: InvocationFaultHook;
  /** Injects faults into attempts of Batch jobs and their events. */
  readonly batchFaults?: BatchFaults;
  /** Factor on the time limits of Batch attempts, for tests; default 1. */
  readonly batchTimeLimitScale?: number;
  /** Factor on the pauses between retries of the runtime itself, for tests; default 1. */
  readonly delayScale?: number;
}
