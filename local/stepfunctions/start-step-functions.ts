import { join } from 'node:path';
import type { AwsService, CloudModel, FunctionInvoker, Part } from '../cloud.ts';
import type { EventFacts } from '../events/event.ts';
import type { FaultHook } from '../events/fault.ts';
import { once } from '../events/once.ts';
import type { AssumeRole } from '../iam/assume-role.ts';
import { openExecutionStore } from './execution-store.ts';
import { createExecutions, type ExecutionStart } from './executions.ts';
import { loadMachines } from './machine.ts';
import { handleStates, type StatesApi, startExecution, statesChecks } from './states-api.ts';

/** Options of Step Functions. */
export interface StepFunctionsOptions {
  readonly model: CloudModel;
  /** Invokes functions and checks the caller's role at each invocation. */
  readonly invoker: FunctionInvoker;
  /** Decides which role a machine may assume for a task. */
  readonly assumeRole: AssumeRole;
  readonly dataDirectory: string;
  /** Receives the status changes of Standard executions, for the default bus. */
  readonly onStatusChange?: (event: EventFacts) => void;
  /** Factor on waits and pauses between retries; default 1, smaller in tests. Timeouts are not scaled. */
  readonly delayScale?: number;
  readonly faults?: FaultHook<ExecutionStart>;
}

/** Step Functions behind the local endpoint. */
export interface StepFunctions extends AwsService, Part {
  /**
   * Starts an execution for another local service, which has checked permission. Throws as StartExecution
   * does.
   */
  startExecution(request: {
    readonly stateMachineArn: string;
    readonly input: string;
    readonly name?: string;
  }): {
    readonly executionArn: string;
  };
}

const pruneEveryMs = 600_000;
const hourMs = 3_600_000;
/** A Standard name cannot be used again for 90 days. */
const standardKeptMs = 90 * 24 * hourMs;

/**
 * Starts Step Functions for the machines of the model and runs the executions again that had not ended when
 * the data directory was last used. Throws if a definition requires something that would not behave as on
 * AWS.
 */
export function startStepFunctions(options: StepFunctionsOptions): StepFunctions {
  const { model, invoker, assumeRole, dataDirectory, delayScale = 1 } = options;
  const machines = new Map(loadMachines(model).map((machine) => [machine.arn, machine]));
  const store = openExecutionStore(join(dataDirectory, 'stepfunctions'));
  const onStatusChange = options.onStatusChange ?? (() => undefined);
  const fault = options.faults ?? (() => undefined);
  const executions = createExecutions({
    machines,
    store,
    invoker,
    assumeRole,
    delayScale,
    onStatusChange,
    fault,
  });
  const api: StatesApi = { machines, executions, store };
  const prune = (): void =>
    store.prune({ expressMs: Date.now() - hourMs, standardMs: Date.now() - standardKeptMs });
  prune();
  const pruning = setInterval(prune, pruneEveryMs).unref();
  executions.resume();
  return {
    signingName: 'states',
    checks: statesChecks,
    handle: async (request) => handleStates(api, request),
    startExecution: (request) => ({ executionArn: String(startExecution(api, request)['executionArn']) }),
    stop: once(async () => {
      clearInterval(pruning);
      executions.close();
      // One turn of the event loop lets aborted runs receive their signal before the store is closed.
      await new Promise((resolve) => setImmediate(resolve));
      store.close();
    }),
  };
}
