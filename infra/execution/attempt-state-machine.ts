import { Grant, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { DefinitionBody, LogLevel, StateMachine, StateMachineType } from 'aws-cdk-lib/aws-stepfunctions';
import { RemovalPolicy, Stack, Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { attemptStateMachineName, type Names } from '../settings/names.ts';
import { acknowledgeWildcard } from '../settings/wildcard-permission.ts';
import { attemptStateMachineDefinition } from './attempt-state-machine-definition.ts';
import type { ServiceInvoker } from './service-invoker.ts';

export interface AttemptStateMachineProps {
  readonly names: Names;
  readonly kind: 'express' | 'standard';
  readonly dispatch: IFunction;
  readonly settle: IFunction;
  readonly submitBatch: IFunction;
  /** Has the role for invoking services. */
  readonly invoker: ServiceInvoker;
}

/**
 * Express: the maximum of AWS, which is enough for an attempt of 180 s and the steps around it. Standard: an
 * attempt of 900 s and the same steps.
 * https://docs.aws.amazon.com/step-functions/latest/dg/choosing-workflow-type.html
 */
const timeoutSeconds = { express: 300, standard: 1800 } as const;

/**
 * A state machine that runs attempts; `kind` only determines their maximum duration and how they are
 * charged.
 */
export class AttemptStateMachine extends Construct {
  readonly machine: StateMachine;

  constructor(scope: Construct, id: string, props: AttemptStateMachineProps) {
    super(scope, id);
    const name = attemptStateMachineName(props.names, props.kind);
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('states.amazonaws.com') });
    this.machine = new StateMachine(this, 'Machine', {
      stateMachineName: name,
      stateMachineType: props.kind === 'express' ? StateMachineType.EXPRESS : StateMachineType.STANDARD,
      definitionBody: DefinitionBody.fromString(this.#definition(props)),
      role,
      logs: { destination: logGroup(this, name), level: LogLevel.ERROR, includeExecutionData: false },
      tracingEnabled: false,
    });

    acknowledgeLogging(this.machine, role);
    props.invoker.trust(role);
    grantInvoke(role, [props.dispatch, props.settle, props.submitBatch]);
  }

  #definition(props: AttemptStateMachineProps): string {
    return Stack.of(this).toJsonString(
      attemptStateMachineDefinition(
        {
          dispatchArn: props.dispatch.functionArn,
          settleArn: props.settle.functionArn,
          submitBatchArn: props.submitBatch.functionArn,
          invokerRoleArn: props.invoker.role.roleArn,
        },
        timeoutSeconds[props.kind],
      ),
    );
  }
}

/** The name keeps the account's resource policy for logs short, to which Step Functions adds log groups. */
function logGroup(scope: Construct, machineName: string): LogGroup {
  return new LogGroup(scope, 'Logs', {
    // https://docs.aws.amazon.com/step-functions/latest/dg/bp-cwl.html
    logGroupName: `/aws/vendedlogs/states/${machineName}`,
    retention: RetentionDays.ONE_MONTH,
    removalPolicy: RemovalPolicy.DESTROY,
  });
}

/** The grant of the Lambda construct would also permit every version and alias. */
function grantInvoke(role: Role, functions: readonly IFunction[]): void {
  Grant.addToPrincipal({
    grantee: role,
    actions: ['lambda:InvokeFunction'],
    resourceArns: functions.map((fn) => fn.functionArn),
  });
}

function acknowledgeLogging(machine: StateMachine, role: Role): void {
  const noTraceReason = 'A trace of each job would cost more than the job; the table holds its history.';
  Validations.of(machine).acknowledge(
    {
      id: 'AwsSolutions-SF1',
      reason: 'Only failures are logged: log lines of a successful job would add to its cost.',
    },
    { id: 'AwsSolutions-SF2', reason: noTraceReason },
    { id: 'Serverless-StepFunctionStateMachineXray', reason: noTraceReason },
  );
  acknowledgeWildcard(role, {
    resourceArn: '*',
    // https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html
    reason: 'The actions that set up log delivery of a state machine support no resource but *.',
  });
}
