import { randomUUID } from 'node:crypto';
import { AwsError } from '../aws-error.ts';
import type { FunctionInvoker } from '../cloud.ts';
import type { EventFacts } from '../events/event.ts';
import type { FaultHook } from '../events/fault.ts';
import { longTimer } from '../events/long-timer.ts';
import type { AssumeRole } from '../iam/assume-role.ts';
import type { Execution } from './execution.ts';
import type { ExecutionStore } from './execution-store.ts';
import type { Outcome } from './interpreter/host.ts';
import type { Machine } from './machine.ts';
import { runExecution } from './run-execution.ts';
import { statusChangeEvent } from './status-change.ts';

/** A start of an execution that is passed to the fault hook. */
export interface ExecutionStart {
  readonly executionArn: string;
  readonly machineName: string;
  readonly input: string;
}

/**
 * Dependencies of the executions. The fault `reorder` acts as a short delay, because starts have no order.
 */
export interface ExecutionDeps {
  readonly machines: ReadonlyMap<string, Machine>;
  readonly store: ExecutionStore;
  readonly invoker: FunctionInvoker;
  readonly assumeRole: AssumeRole;
  readonly delayScale: number;
  readonly onStatusChange: (event: EventFacts) => void;
  readonly fault: FaultHook<ExecutionStart>;
}

/** The executions of all machines. They are started, ended, and resumed after a restart. */
export interface Executions {
  /**
   * Stores the start and then runs the execution. Throws `ExecutionAlreadyExists` for a Standard name that
   * was used with another input.
   */
  start(machine: Machine, name: string, input: string): Execution;
  /** Runs all executions again that had not ended when the process ended. */
  resume(): void;
  /** Stops all running executions without ending them, so that they can be resumed. */
  close(): void;
}

const reorderDelayMs = 50;

/** Creates the executions over their store. Nothing runs before `start` or `resume`. */
export function createExecutions(deps: ExecutionDeps): Executions {
  const running = new Set<AbortController>();
  const pending = new Set<() => void>();
  const launch = (execution: Execution): void => void run(execution, deps, running);
  return {
    start: (machine, name, input) => {
      const execution = newExecution(machine, name, input);
      const earlier = machine.kind === 'STANDARD' ? deps.store.find(execution.arn) : undefined;
      if (earlier?.status === 'RUNNING' && earlier.input === input) return earlier;
      if (earlier !== undefined)
        throw new AwsError('ExecutionAlreadyExists', `Execution Already Exists: '${execution.arn}'`);
      accept(execution, machine, { deps, launch, pending });
      return execution;
    },
    resume: () => deps.store.open().forEach(launch),
    close: () => {
      for (const cancel of pending) cancel();
      for (const controller of running) controller.abort();
    },
  };
}

function newExecution(machine: Machine, name: string, input: string): Execution {
  const [prefix = '', machineName = ''] = machine.arn.split(':stateMachine:');
  const arn =
    machine.kind === 'EXPRESS'
      ? `${prefix}:express:${machineName}:${name}:${randomUUID()}`
      : `${prefix}:execution:${machineName}:${name}`;
  return { arn, machineArn: machine.arn, name, input, startedAtMs: Date.now() };
}

interface Launching {
  readonly deps: ExecutionDeps;
  readonly launch: (execution: Execution) => void;
  readonly pending: Set<() => void>;
}

function accept(execution: Execution, machine: Machine, { deps, launch, pending }: Launching): void {
  const fault = deps.fault({
    executionArn: execution.arn,
    machineName: machine.name,
    input: execution.input,
  });
  deps.store.insert(execution, fault?.kind === 'drop');
  announce(execution.arn, deps);
  if (fault?.kind === 'drop') return;
  if (fault?.kind === 'delay' || fault?.kind === 'reorder') {
    const cancel = longTimer(fault.kind === 'delay' ? fault.delayMs : reorderDelayMs, () => {
      pending.delete(cancel);
      launch(execution);
    });
    pending.add(cancel);
    return;
  }
  launch(execution);
  if (fault?.kind === 'duplicate') launch(execution);
}

async function run(execution: Execution, deps: ExecutionDeps, running: Set<AbortController>): Promise<void> {
  const machine = deps.machines.get(execution.machineArn);
  if (machine === undefined)
    return settle(
      execution.arn,
      { status: 'FAILED', error: 'States.Runtime', cause: 'The state machine is no longer in the template' },
      deps,
    );
  const controller = new AbortController();
  running.add(controller);
  const cancelDeadline = armDeadline(machine, () => {
    settle(execution.arn, { status: 'TIMED_OUT', error: 'States.Timeout' }, deps);
    controller.abort();
  });
  const { invoker, assumeRole, delayScale } = deps;
  const scope = { machine, execution, invoker, assumeRole, delayScale };
  const outcome = await runExecution({ ...scope, signal: controller.signal });
  cancelDeadline();
  running.delete(controller);
  if (outcome !== null) settle(execution.arn, outcome, deps);
}

/**
 * Starts the time limit of a run. It counts only while a process runs the execution: after a restart the
 * execution and its limit begin again, and downtime of the whole runtime does not count.
 */
function armDeadline(machine: Machine, expire: () => void): () => void {
  if (machine.timeoutSeconds === undefined) return () => undefined;
  return longTimer(machine.timeoutSeconds * 1000, expire);
}

function settle(arn: string, outcome: Outcome, deps: ExecutionDeps): void {
  if (deps.store.end(arn, outcome, Date.now())) announce(arn, deps);
}

/**
 * Express executions have no events. The event of a Standard execution may be lost in a crash; AWS also sends
 * them on a best-effort basis.
 */
function announce(arn: string, deps: ExecutionDeps): void {
  if (arn.includes(':express:')) return;
  const stored = deps.store.find(arn);
  if (stored !== undefined) deps.onStatusChange(statusChangeEvent(stored));
}
