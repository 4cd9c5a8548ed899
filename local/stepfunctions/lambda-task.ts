import { randomUUID } from 'node:crypto';
import { AwsError } from '../aws-error.ts';
import type { FunctionInvoker, InvokeResult, Principal } from '../cloud.ts';
import { messageOf } from '../error-message.ts';
import { isRecord } from '../json.ts';
import { dataLimitCause, exceedsDataLimit } from './data-limit.ts';
import { depthLimitCause, exceedsDepthLimit } from './depth-limit.ts';
import type { TaskPlan } from './step.ts';
import { TaskFault } from './task-fault.ts';

/**
 * Errors that Lambda's API documents keep their name; every other error is AWSLambdaException.
 * https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html#API_Invoke_Errors
 */
const modelled = [
  'TooManyRequestsException',
  'ResourceNotFoundException',
  'ServiceException',
  'InvalidParameterValueException',
  'InvalidRequestContentException',
  'RequestTooLargeException',
  'ResourceConflictException',
  'ResourceNotReadyException',
  'UnsupportedMediaTypeException',
  'EC2ThrottledException',
  'ENILimitReachedException',
  'InvalidRuntimeException',
];

/** The call of a task, after Parameters were applied. */
export interface LambdaCall {
  readonly plan: TaskPlan;
  readonly input: unknown;
  readonly principal: Principal;
}

/**
 * Executes `lambda:invoke` and returns the task's result in AWS's format. Throws `TaskFault` with AWS's error
 * name. https://docs.aws.amazon.com/step-functions/latest/dg/connect-lambda.html
 */
export async function invokeLambda(invoker: FunctionInvoker, call: LambdaCall): Promise<unknown> {
  const { plan, input } = call;
  const parameters = isRecord(input) ? input : {};
  const request = {
    functionName: String(parameters['FunctionName']),
    payload: JSON.stringify(parameters['Payload'] ?? {}),
    principal: call.principal,
  };
  if (exceedsDataLimit(input))
    throw new TaskFault('States.DataLimitExceeded', dataLimitCause(plan.resource), plan);
  const fail = (error: unknown) => {
    throw serviceFault(error, plan);
  };
  if (parameters['InvocationType'] === 'Event') {
    await invoker.invokeAsync(request).catch(fail);
    return integratedResult('', 202);
  }
  const output = await invoker.invoke(request).catch(fail);
  const payload = payloadOf(output, plan);
  // Checked before anything recursive, such as JSON.stringify.
  if (exceedsDepthLimit(payload))
    throw new TaskFault('States.DataLimitExceeded', depthLimitCause(plan.resource), plan);
  const result = integratedResult(payload, 200);
  if (exceedsDataLimit(result))
    throw new TaskFault('States.DataLimitExceeded', dataLimitCause(plan.resource), plan);
  return result;
}

function payloadOf(output: InvokeResult, plan: TaskPlan): unknown {
  if (output.functionError !== undefined) throw functionFault(output.payload, plan);
  return parsed(output.payload);
}

function parsed(text: string): unknown {
  if (text === '') return null;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/**
 * An error without a type, as old runtimes return it, is Lambda.Unknown. A timeout has the type
 * Sandbox.Timedout in current runtimes.
 */
function functionFault(payload: string, plan: TaskPlan): TaskFault {
  const error = parsed(payload);
  const type = isRecord(error) ? error['errorType'] : undefined;
  if (typeof type === 'string' && type !== '') return new TaskFault(type, payload, plan);
  const cause = `The cause could not be determined because Lambda did not return an error type. Returned payload: ${payload}`;
  return new TaskFault('Lambda.Unknown', cause, plan);
}

function serviceFault(error: unknown, plan: TaskPlan): TaskFault {
  const message = messageOf(error);
  if (!(error instanceof AwsError)) return new TaskFault('Lambda.SdkClientException', message, plan);
  const name = modelled.includes(error.code) ? error.code : 'AWSLambdaException';
  const facts = `Service: AWSLambda; Status Code: ${error.status}; Error Code: ${error.code}; Request ID: ${randomUUID()}; Proxy: null`;
  return new TaskFault(`Lambda.${name}`, `${message} (${facts})`, plan);
}

function integratedResult(payload: unknown, status: 200 | 202): unknown {
  const requestId = randomUUID();
  const headers = {
    'X-Amz-Executed-Version': '$LATEST',
    'Content-Type': 'application/json',
    'x-amzn-RequestId': requestId,
  };
  const all = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]]));
  return {
    ExecutedVersion: '$LATEST',
    Payload: payload,
    SdkHttpMetadata: { AllHttpHeaders: all, HttpHeaders: headers, HttpStatusCode: status },
    SdkResponseMetadata: { RequestId: requestId },
    StatusCode: status,
  };
}
