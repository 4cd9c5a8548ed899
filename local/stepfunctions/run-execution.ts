import { ExecutionAbortedError, ExecutionError } from 'aws-local-stepfunctions';
import type { FunctionInvoker } from '../cloud.ts';
import type { AssumeRole, RolePrincipal } from '../iam/assume-role.ts';
import { dataLimitCause, exceedsDataLimit } from './data-limit.ts';
import { maxTimeoutSeconds, runContext } from './definition-rewrite.ts';
import type { Execution, Outcome } from './execution.ts';
import { invokeLambda } from './lambda-task.ts';
import type { Machine } from './machine.ts';
import type { Step, TaskPlan } from './step.ts';
import { TaskFault } from './task-fault.ts';
import { waitInState } from './wait-task.ts';

/**
 * Dependencies of a running execution. When the signal is aborted, the run stops and the execution stays
 * open.
 */
export interface RunScope {
  readonly machine: Machine;
  readonly execution: Execution;
  readonly invoker: FunctionInvoker;
  readonly assumeRole: AssumeRole;
  readonly delayScale: number;
  readonly signal: AbortSignal;
}

type RunOptions = NonNullable<Parameters<Step['engine']['run']>[1]>;
type EngineValue = Parameters<Step['engine']['run']>[0];
type Handler = (input: EngineValue) => EngineValue | Promise<EngineValue>;

/** Result of a step: the next state, or null at the end. */
interface Passage {
  readonly next: string | null;
  readonly output: EngineValue;
}

/**
 * Runs an execution from its first state to its end. Never throws; resolves to null if the signal was aborted
 * first. A state whose input or output is too large fails the execution, because `States.ALL` could not catch
 * it either.
 */
export async function runExecution(scope: RunScope): Promise<Outcome | null> {
  const { machine, execution, signal } = scope;
  // Safe cast: the input was checked to be JSON when the execution was accepted.
  let data = JSON.parse(execution.input) as EngineValue;
  let name: string | null = machine.startAt;
  try {
    while (name !== null) {
      const step = machine.steps.get(name);
      if (step === undefined) throw new Error(`state ${name} does not exist`);
      const passage: Passage = await runStep(step, data, scope);
      if (signal.aborted) return null;
      if (exceedsDataLimit(passage.output)) return tooLarge(step);
      data = passage.output;
      name = passage.next;
    }
    return { status: 'SUCCEEDED', output: JSON.stringify(data) };
  } catch (error) {
    return signal.aborted ? null : failure(error);
  }
}

function tooLarge(step: Step): Outcome {
  return { status: 'FAILED', error: 'States.DataLimitExceeded', cause: dataLimitCause(step.name) };
}

async function runStep(step: Step, input: EngineValue, scope: RunScope): Promise<Passage> {
  const left: { next?: string | null } = {};
  const options = {
    context: contextOf(step, scope),
    overrides: { taskResourceLocalHandlers: {} as Record<string, Handler> },
  };
  const handlers = options.overrides.taskResourceLocalHandlers;
  for (const [exit, next] of step.exits) {
    handlers[exit] = (output) => {
      left.next = next;
      return output;
    };
  }
  const { task } = step;
  if (task !== undefined) handlers[task.state] = taskHandler(task, options.context.State, scope);
  const output = await runEngine(step, input, { options, signal: scope.signal });
  return { next: left.next ?? null, output };
}

async function runEngine(
  step: Step,
  input: EngineValue,
  { options, signal }: { readonly options: RunOptions; readonly signal: AbortSignal },
): Promise<EngineValue> {
  if (signal.aborted) throw new ExecutionAbortedError();
  const run = step.engine.run(input, options);
  signal.addEventListener('abort', run.abort, { once: true });
  try {
    return await run.result;
  } finally {
    signal.removeEventListener('abort', run.abort);
  }
}

/** https://docs.aws.amazon.com/step-functions/latest/dg/input-output-contextobject.html */
function contextOf(step: Step, { machine, execution }: RunScope) {
  return {
    [runContext]: {
      Id: execution.arn,
      Input: JSON.parse(execution.input),
      Name: execution.name,
      RoleArn: machine.roleArn,
      StartTime: new Date(execution.startedAtMs).toISOString(),
      RedriveCount: 0,
    },
    State: { Name: step.name, EnteredTime: new Date().toISOString(), RetryCount: 0 },
    StateMachine: { Id: machine.arn, Name: machine.name },
  };
}

function taskHandler(plan: TaskPlan, state: { RetryCount: number }, scope: RunScope): Handler {
  return (input) => {
    // After an abort the engine would immediately retry a failed task.
    if (scope.signal.aborted) throw abandoned(plan);
    const call = plan.wrapped ? unwrapped(input, plan) : input;
    // Safe cast: a task's result is the result of JSON.parse or the state's own input.
    const work = performTask(plan, call, scope) as Promise<EngineValue>;
    return work.catch((error: unknown) => {
      state.RetryCount += 1;
      throw scope.signal.aborted ? abandoned(plan) : error;
    });
  };
}

function abandoned(plan: TaskPlan): TaskFault {
  return new TaskFault('States.Runtime', 'The execution was stopped', plan);
}

/**
 * Extracts the call from its wrapper. Throws before the task starts if the timeout is invalid, because the
 * engine checks it only after the call was made.
 */
function unwrapped(input: EngineValue, plan: TaskPlan): EngineValue {
  // Safe cast: the wrapper was created by `rewriteState`.
  const { call, timeoutSeconds } = input as { readonly call: EngineValue; readonly timeoutSeconds: unknown };
  const isValid =
    typeof timeoutSeconds === 'number' && Number.isInteger(timeoutSeconds) && timeoutSeconds >= 1;
  if (!isValid || timeoutSeconds > maxTimeoutSeconds) {
    const cause = `TimeoutSecondsPath of the state '${plan.state}' gave ${JSON.stringify(timeoutSeconds)}, not a whole number from 1 to ${maxTimeoutSeconds}`;
    throw new TaskFault('States.Runtime', cause, plan);
  }
  return call;
}

async function performTask(plan: TaskPlan, input: unknown, scope: RunScope): Promise<unknown> {
  if (plan.resource === 'wait') return waitInState(plan, input, scope);
  return invokeLambda(scope.invoker, { plan, input, principal: principalOf(plan, scope) });
}

/**
 * Returns the caller of a task: the machine's role, or the role of the task's Credentials. The message of a
 * refusal is that of Step Functions
 * (https://docs.aws.amazon.com/step-functions/latest/dg/concepts-access-cross-acct-resources.html).
 */
function principalOf(plan: TaskPlan, { machine, execution, assumeRole }: RunScope): RolePrincipal {
  const own = { kind: 'role', roleArn: machine.roleArn, sessionName: execution.name } as const;
  const { credentialsRoleArn: roleArn } = plan;
  if (roleArn === undefined) return own;
  const assumed = assumeRole(own, roleArn);
  if (assumed !== undefined) return assumed;
  const cause = `The role ${machine.roleArn} is not authorized to assume the task state's role, ${roleArn}.`;
  throw new TaskFault('States.TaskFailed', cause, plan);
}

/** A JavaScript error is a defect of the engine, and its name has no meaning on AWS. */
function failure(error: unknown): Outcome {
  const inner = error instanceof ExecutionError ? error.cause : error;
  if (!(inner instanceof Error) || inner instanceof RangeError || inner instanceof TypeError)
    return { status: 'FAILED', error: 'States.Runtime', cause: String(inner) };
  // The engine's own values for a Fail state without Error; on AWS both are absent.
  const unnamed = inner.name === 'FailStateError';
  const unexplained = unnamed && inner.message === 'Execution failed because of a Fail state';
  return {
    status: 'FAILED',
    ...(unnamed ? {} : { error: inner.name }),
    ...(unexplained ? {} : { cause: inner.message }),
  };
}
