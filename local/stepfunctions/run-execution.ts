import type { FunctionInvoker } from '../cloud.ts';
import type { AssumeRole, RolePrincipal } from '../iam/assume-role.ts';
import type { Execution } from './execution.ts';
import type { Host, Outcome } from './interpreter/host.ts';
import { runProgram } from './interpreter/run-program.ts';
import type { TaskState } from './interpreter/state.ts';
import { StateError } from './interpreter/state-error.ts';
import { invokeLambda } from './lambda-task.ts';
import type { Machine } from './machine.ts';

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

/**
 * Runs an execution from its first state to its end. Never throws; resolves to null if the signal was aborted
 * first.
 */
export function runExecution(scope: RunScope): Promise<Outcome | null> {
  const input: unknown = JSON.parse(scope.execution.input);
  const { delayScale, signal } = scope;
  const perform: Host['perform'] = async (task, parameters) =>
    invokeLambda(scope.invoker, { parameters, principal: principalOf(task, scope) });
  return runProgram(scope.machine, input, { perform, context: contextOf(scope, input), delayScale, signal });
}

/** https://docs.aws.amazon.com/step-functions/latest/dg/input-output-contextobject.html */
function contextOf({ machine, execution }: RunScope, input: unknown): Host['context'] {
  return {
    Execution: {
      Id: execution.arn,
      Input: input,
      Name: execution.name,
      RoleArn: machine.roleArn,
      StartTime: new Date(execution.startedAtMs).toISOString(),
      RedriveCount: 0,
    },
    StateMachine: { Id: machine.arn, Name: machine.name },
  };
}

/**
 * Returns the caller of a task: the machine's role, or the role of the task's Credentials. The message of a
 * refusal is that of Step Functions
 * (https://docs.aws.amazon.com/step-functions/latest/dg/concepts-access-cross-acct-resources.html).
 */
function principalOf(task: TaskState, { machine, execution, assumeRole }: RunScope): RolePrincipal {
  const own = { kind: 'role', roleArn: machine.roleArn, sessionName: execution.name } as const;
  const { credentialsRoleArn: roleArn } = task;
  if (roleArn === undefined) return own;
  const assumed = assumeRole(own, roleArn);
  if (assumed !== undefined) return assumed;
  const cause = `The role ${machine.roleArn} is not authorized to assume the task state's role, ${roleArn}.`;
  throw new StateError('States.TaskFailed', cause);
}
