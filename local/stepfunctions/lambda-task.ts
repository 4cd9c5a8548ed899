import { randomUUID } from 'node:crypto';
import { AwsError } from '../aws-error.ts';
import type { FunctionInvoker, InvokeResult, Principal } from '../cloud.ts';
import { messageOf } from '../error-message.ts';
import { isRecord, parseResult } from '../json.ts';
import { depthLimitCause, exceedsDepthLimit } from './depth-limit.ts';
import { dataLimitCause, exceedsDataLimit } from './interpreter/data-limit.ts';
import { StateError } from './interpreter/state-error.ts';

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

/**
 * Name of the integration in the causes of Step Functions.
 * https://github.com/localstack/localstack/blob/main/tests/aws/services/stepfunctions/v2/error_handling/test_states_errors.snapshot.json
 */
const integration = 'lambda';

/** The call of a task, after Parameters were applied. */
export interface LambdaCall {
  readonly parameters: unknown;
  readonly principal: Principal;
}

/**
 * Executes `lambda:invoke` and returns the task's result in AWS's format. Throws `StateError` with AWS's error
 * name. https://docs.aws.amazon.com/step-functions/latest/dg/connect-lambda.html
 */
export async function invokeLambda(invoker: FunctionInvoker, call: LambdaCall): Promise<unknown> {
  const parameters = isRecord(call.parameters) ? call.parameters : {};
  const request = {
    functionName: String(parameters['FunctionName']),
    payload: JSON.stringify(parameters['Payload'] ?? {}),
    principal: call.principal,
  };
  if (exceedsDataLimit(parameters)) throw tooLarge(dataLimitCause(integration));
  const fail = (error: unknown) => {
    throw serviceFailure(error);
  };
  if (parameters['InvocationType'] === 'Event') {
    await invoker.invokeAsync(request).catch(fail);
    return integratedResult('', 202);
  }
  const output = await invoker.invoke(request).catch(fail);
  const payload = payloadOf(output);
  // Checked before anything recursive, such as JSON.stringify.
  if (exceedsDepthLimit(payload)) throw tooLarge(depthLimitCause(integration));
  const result = integratedResult(payload, 200, output.requestId);
  if (exceedsDataLimit(result)) throw tooLarge(dataLimitCause(integration));
  return result;
}

function tooLarge(cause: string): StateError {
  return new StateError('States.DataLimitExceeded', cause);
}

function payloadOf(output: InvokeResult): unknown {
  if (output.functionError !== undefined) throw functionFailure(output.payload);
  return parseResult(output.payload);
}

/**
 * An error without a type, as old runtimes return it, is Lambda.Unknown. A timeout has the type
 * Sandbox.Timedout in current runtimes.
 */
function functionFailure(payload: string): StateError {
  const error = parseResult(payload);
  const type = isRecord(error) ? error['errorType'] : undefined;
  if (typeof type === 'string' && type !== '') return new StateError(type, payload);
  const cause = `The cause could not be determined because Lambda did not return an error type. Returned payload: ${payload}`;
  return new StateError('Lambda.Unknown', cause);
}

function serviceFailure(error: unknown): StateError {
  const message = messageOf(error);
  if (!(error instanceof AwsError)) return new StateError('Lambda.SdkClientException', message);
  const name = modelled.includes(error.code) ? error.code : 'AWSLambdaException';
  const facts = `Service: AWSLambda; Status Code: ${error.status}; Error Code: ${error.code}; Request ID: ${randomUUID()}; Proxy: null`;
  return new StateError(`Lambda.${name}`, `${message} (${facts})`);
}

function integratedResult(payload: unknown, status: 200 | 202, requestId: string = randomUUID()): unknown {
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
