import { randomUUID } from 'node:crypto';
import { AwsError } from '../aws-error.ts';
import type { AccessCheck, AwsRequest, AwsResponse } from '../cloud.ts';
import { type JsonRecord, textOrJson } from '../json.ts';
import { requestBody } from '../request-body.ts';
import type { ExecutionStore, StoredExecution } from './execution-store.ts';
import type { Executions } from './executions.ts';
import { dataLimitBytes } from './interpreter/data-limit.ts';
import type { Machine } from './machine.ts';

/** Dependencies of the operations. */
export interface StatesApi {
  readonly machines: ReadonlyMap<string, Machine>;
  readonly executions: Executions;
  readonly store: ExecutionStore;
}

interface Operation {
  /** Request member with the ARN of the resource that the permission is checked for. */
  readonly resource: 'stateMachineArn' | 'executionArn';
  run(api: StatesApi, body: JsonRecord): JsonRecord;
}

const targetPrefix = 'AWSStepFunctions.';
const operationsByName: Readonly<Record<string, Operation>> = {
  StartExecution: { resource: 'stateMachineArn', run: startExecution },
  DescribeExecution: { resource: 'executionArn', run: describeExecution },
};

/**
 * Returns the permission that a request needs. Throws AWS's error for an unknown operation or a missing ARN.
 */
export function statesChecks(request: AwsRequest): readonly AccessCheck[] {
  const { name, operation } = operationOf(request);
  return [{ action: `states:${name}`, resource: arnOf(requestBody(request.body), operation.resource) }];
}

/** Executes a permitted request. */
export function handleStates(api: StatesApi, request: AwsRequest): AwsResponse {
  const { operation } = operationOf(request);
  const output = operation.run(api, requestBody(request.body));
  return {
    status: 200,
    headers: { 'content-type': 'application/x-amz-json-1.0' },
    body: JSON.stringify(output),
  };
}

/** Starts an execution for the API or a rule target. Throws AWS's errors of StartExecution. */
export function startExecution(api: StatesApi, body: JsonRecord): JsonRecord {
  const machine = machineOf(api, body);
  const input = body['input'] ?? '{}';
  if (typeof input !== 'string' || !isJsonText(input)) {
    throw new AwsError(
      'InvalidExecutionInput',
      "Invalid State Machine Execution Input: 'Input must be valid JSON'",
    );
  }
  if (Buffer.byteLength(input) > dataLimitBytes)
    throw invalid('input', `Member must have length less than or equal to ${dataLimitBytes}`);
  const execution = api.executions.start(machine, nameOf(body), input);
  return { executionArn: execution.arn, startDate: execution.startedAtMs / 1000 };
}

function describeExecution(api: StatesApi, body: JsonRecord): JsonRecord {
  const execution = executionOf(api, body);
  return {
    executionArn: execution.arn,
    stateMachineArn: execution.machineArn,
    name: execution.name,
    status: execution.status,
    startDate: execution.startedAtMs / 1000,
    ...(execution.stoppedAtMs === undefined ? {} : { stopDate: execution.stoppedAtMs / 1000 }),
    input: execution.input,
    inputDetails: { included: true },
    redriveCount: 0,
    ...(execution.output === undefined
      ? {}
      : { output: execution.output, outputDetails: { included: true } }),
    ...(execution.error === undefined ? {} : { error: execution.error }),
    ...(execution.cause === undefined ? {} : { cause: execution.cause }),
  };
}

function machineOf(api: StatesApi, body: JsonRecord): Machine {
  const arn = arnOf(body, 'stateMachineArn');
  const machine = api.machines.get(arn);
  if (machine === undefined)
    throw new AwsError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${arn}'`);
  return machine;
}

/**
 * Finds an execution. Executions of an Express machine cannot be described.
 * https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeExecution.html
 */
function executionOf(api: StatesApi, body: JsonRecord): StoredExecution {
  const arn = arnOf(body, 'executionArn');
  const kind = arn.split(':')[5];
  if (kind !== 'execution')
    throw new AwsError('InvalidArn', `Invalid Arn: 'Resource type not valid in this context: ${kind}'`);
  const execution = api.store.find(arn);
  if (execution === undefined)
    throw new AwsError('ExecutionDoesNotExist', `Execution Does Not Exist: '${arn}'`);
  return execution;
}

/** https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html */
function nameOf(body: JsonRecord): string {
  const name = body['name'] ?? randomUUID();
  // biome-ignore lint/suspicious/noControlCharactersInRegex: AWS forbids exactly these characters.
  const forbidden = /[\s<>{}[\]?*"#%\\^|~`$&,;:/\u0000-\u001f\u007f-\u009f]/;
  if (typeof name !== 'string' || name.length < 1 || name.length > 80 || forbidden.test(name)) {
    throw new AwsError('InvalidName', `Invalid Name: '${textOrJson(name)}'`);
  }
  return name;
}

function operationOf(request: AwsRequest): { readonly name: string; readonly operation: Operation } {
  const target = request.headers['x-amz-target'] ?? '';
  const name = target.startsWith(targetPrefix) ? target.slice(targetPrefix.length) : '';
  const operation = Object.hasOwn(operationsByName, name) ? operationsByName[name] : undefined;
  if (operation === undefined)
    throw new AwsError('UnknownOperationException', `${target} is not supported by the local runtime`);
  return { name, operation };
}

function arnOf(body: JsonRecord, member: Operation['resource']): string {
  const arn = body[member];
  if (typeof arn !== 'string') throw invalid(member, 'Member must not be null');
  if (!/^arn:[^:]+:states:[^:]*:[^:]*:[^:]+:.+/.test(arn))
    throw new AwsError('InvalidArn', `Invalid Arn: '${arn}'`);
  return arn;
}

function invalid(member: string, constraint: string): AwsError {
  return new AwsError(
    'ValidationException',
    `1 validation error detected: Value at '${member}' failed to satisfy constraint: ${constraint}`,
  );
}

function isJsonText(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
