import { describe, expect, test } from 'vitest';
import { classifyLambdaFailure } from '../../../../core/jobs/attempts/classify-lambda-failure.ts';
import { ServiceFailure, toWireError } from '../../../../worker/attempt/service-failure.ts';

/** The response of Lambda for an error of the function, as Step Functions passes it on. */
function fromFunction(errorType: string, errorMessage: string) {
  return {
    Error: errorType,
    Cause: JSON.stringify({ errorType, errorMessage, trace: [`${errorType}: at work`] }),
  };
}

function fromPlatform(name: string, cause = '') {
  return { Error: name, Cause: cause };
}

/** The error that the worker library throws, as it arrives. */
function fromWorker(message: string, options: ConstructorParameters<typeof ServiceFailure>[1] = {}) {
  const error = toWireError(new ServiceFailure(message, options));
  return fromFunction(error.name, error.message);
}

const requestId = 'RequestId: 6f747a2e-b68d-4a1c-9b0f-0d5c8f7f0001';
const noErrorType =
  'The cause could not be determined because Lambda did not return an error type. Returned payload:';
const notAllowed =
  'User: arn:aws:sts::123456789012:assumed-role/router/x is not authorized to perform: lambda:InvokeFunction on ' +
  'resource: arn:aws:lambda:eu-west-1:123456789012:function:errand-service-a because no identity-based policy allows';

describe('classifyLambdaFailure of a platform error', () => {
  test.each([
    ['timeout', fromFunction('Sandbox.Timedout', `${requestId} Error: Task timed out after 3.00 seconds`)],
    [
      'timeout',
      fromPlatform(
        'Lambda.Unknown',
        `${noErrorType} {"errorMessage":"2026-06-12T19:54:02.822Z 0f6ddd4e Task timed out after 3.01 seconds"}`,
      ),
    ],
    ['timeout', fromPlatform('States.Timeout')],
    [
      'out-of-memory',
      fromFunction('Runtime.ExitError', `${requestId} Error: Runtime exited with error: signal: killed`),
    ],
    [
      'out-of-memory',
      fromFunction('Runtime.OutOfMemory', `${requestId} Error: Runtime exited with error: signal: killed`),
    ],
    [
      'capacity',
      fromPlatform('Lambda.TooManyRequestsException', 'Rate Exceeded. (Service: Lambda, Status Code: 429)'),
    ],
    [
      'dispatch-failed',
      fromPlatform('Lambda.ServiceException', 'Service exception (Service: Lambda, Status Code: 500)'),
    ],
    [
      'dispatch-failed',
      fromPlatform('Lambda.SdkClientException', 'Unable to execute HTTP request: Read timed out'),
    ],
    ['dispatch-failed', fromPlatform('Lambda.Unknown', `${noErrorType} {}`)],
    [
      'dispatch-failed',
      fromPlatform('States.TaskFailed', 'An attempt was made to invoke the Lambda function.'),
    ],
    ['misconfigured', fromPlatform('Lambda.AWSLambdaException', notAllowed)],
    [
      'misconfigured',
      fromPlatform(
        'States.TaskFailed',
        "The role arn:aws:iam::123456789012:role/a is not authorized to assume the task state's role, arn:aws:iam::123456789012:role/b.",
      ),
    ],
    [
      'misconfigured',
      fromPlatform('Lambda.ResourceNotFoundException', 'Function not found: arn:aws:lambda:x'),
    ],
    ['misconfigured', fromPlatform('Lambda.KMSDisabledException', 'The key is disabled')],
    ['misconfigured', fromFunction('Runtime.ImportModuleError', "Error: Cannot find module 'index'")],
    ['misconfigured', fromFunction('Runtime.HandlerNotFound', 'index.handler is undefined or not exported')],
    ['misconfigured', fromFunction('Runtime.UserCodeSyntaxError', 'SyntaxError: Unexpected token')],
    [
      'invalid-result',
      fromPlatform('States.DataLimitExceeded', 'The state/task returned a result with a size exceeding'),
    ],
    [
      'invalid-result',
      fromFunction('Function.ResponseSizeTooLarge', 'Response payload size exceeded maximum allowed'),
    ],
    ['invalid-result', fromFunction('Runtime.MarshalError', 'Unable to marshal response: circular')],
  ] as const)('reads %s from $Error', (code, failure) => {
    expect(classifyLambdaFailure(failure)).toMatchObject({ code });
    expect(classifyLambdaFailure(failure)).not.toHaveProperty('retryable');
  });

  test('returns the message of the error, or the name when the message is missing', () => {
    expect(classifyLambdaFailure(fromPlatform('States.Timeout')).detail).toBe('States.Timeout');
    expect(
      classifyLambdaFailure(fromFunction('Sandbox.Timedout', 'Task timed out after 3.00 seconds')).detail,
    ).toBe('Task timed out after 3.00 seconds');
  });
});

describe('the detail', () => {
  test('contains the message of AWS without ARNs, account IDs and request IDs', () => {
    const facts = '(Service: AWSLambda; Status Code: 403; Request ID: 6f747a2e-b68d-4a1c-9b0f-0d5c8f7f0001)';
    const failure = fromPlatform('Lambda.AWSLambdaException', `${notAllowed} ${facts}`);
    expect(classifyLambdaFailure(failure).detail).toBe(
      'User: [hidden] is not authorized to perform: lambda:InvokeFunction on resource: function errand-service-a ' +
        'because no identity-based policy allows (Service: AWSLambda; Status Code: 403)',
    );
  });

  test('contains the message of a service unchanged', () => {
    const message = 'cannot read arn:aws:s3:::a-bucket/key of 123456789012';
    expect(classifyLambdaFailure(fromFunction('Error', message)).detail).toBe(`Error: ${message}`);
  });
});

describe('classifyLambdaFailure of a service error', () => {
  test.each([
    ['Error: no such city', fromFunction('Error', 'no such city')],
    ['Error: plain text', fromPlatform('Error', 'plain text')],
    ['Error: ', fromPlatform('Error')],
    ['Error: [1,2]', fromPlatform('Error', '[1,2]')],
    ['Error: null', fromPlatform('Error', 'null')],
    ['Error: {"errorMessage":5}', fromPlatform('Error', '{"errorMessage":5}')],
    ['Error: {"errorType":"Error","errorMes', fromPlatform('Error', '{"errorType":"Error","errorMes')],
  ])('returns "%s" for an error, and its type', (detail, failure) => {
    expect(classifyLambdaFailure(failure)).toEqual({
      code: 'service-failed',
      detail,
      serviceErrorType: 'Error',
    });
  });

  test('uses the name of any error as its type', () => {
    const { serviceErrorType } = classifyLambdaFailure(fromFunction('ValueError', 'bad'));
    expect(serviceErrorType).toBe('ValueError');
  });

  test.each([
    [
      'Runtime.ExitError: Error: exit status 1',
      fromFunction('Runtime.ExitError', `${requestId} Error: exit status 1`),
    ],
    [
      'Runtime.UnhandledPromiseRejection: Error: x',
      fromFunction('Runtime.UnhandledPromiseRejection', 'Error: x'),
    ],
  ])('returns "%s" without a type, because the service did not name one', (detail, failure) => {
    expect(classifyLambdaFailure(failure)).toEqual({ code: 'service-failed', detail });
  });

  test.each([
    ['Sandbox.Timedout', 'the database timed out'],
    ['Runtime.ExitError', 'I was killed'],
    ['Runtime.OutOfMemory', 'too much'],
    ['States.Timeout', 'too slow'],
    ['States.DataLimitExceeded', 'too large'],
    ['States.Anything', 'x'],
    ['Lambda.TooManyRequestsException', 'busy'],
    ['Lambda.Unknown', 'Task timed out after 3.00 seconds'],
    ['Lambda.Mine', 'is not authorized to perform'],
    ['Lambda.ResourceNotFoundException', 'no such row'],
  ])('is not misled by user code that throws %s', (name, message) => {
    expect(classifyLambdaFailure(fromFunction(name, message))).toEqual({
      code: 'service-failed',
      detail: `${name}: ${message}`,
      // Names of the runtime are not treated as names of the service, whatever code threw them.
      ...(/^(?:Runtime|Sandbox)\./.test(name) ? {} : { serviceErrorType: name }),
    });
  });

  test('shortens a long text and never splits a character', () => {
    const { detail } = classifyLambdaFailure(fromFunction('E', `x${'😀'.repeat(3000)}`));
    expect(detail.length).toBeLessThanOrEqual(4200);
    expect(detail.endsWith('…')).toBe(true);
    expect(detail.isWellFormed()).toBe(true);
  });

  test('returns only text that can be stored, also when a surrogate is unpaired', () => {
    const { detail } = classifyLambdaFailure({
      Error: 'E',
      Cause: '{"errorType":"E","errorMessage":"a\\ud83d"}',
    });
    expect(detail).toBe('E: a\ufffd');
  });
});

describe("classifyLambdaFailure of the worker library's failure", () => {
  test('returns message and type, and whether another attempt may help', () => {
    expect(
      classifyLambdaFailure(fromWorker('The file is empty', { type: 'EmptyFile', retryable: true })),
    ).toEqual({
      code: 'service-failed',
      detail: 'EmptyFile: The file is empty',
      retryable: true,
      serviceErrorType: 'EmptyFile',
    });
    expect(classifyLambdaFailure(fromWorker('no'))).toEqual({
      code: 'service-failed',
      detail: 'no',
      retryable: false,
    });
  });

  test.each(['', '"quoted" \\ back', 'line\nbreak', '\u007f\u0000', '{"message":"inner"}', 'Grüße 😀'])(
    'preserves %j',
    (message) => {
      expect(classifyLambdaFailure(fromWorker(message)).detail).toBe(message);
    },
  );

  test('accepts the longest message and type', () => {
    const { detail } = classifyLambdaFailure(fromWorker('m'.repeat(4000), { type: 't'.repeat(128) }));
    expect(detail).toBe(`${'t'.repeat(128)}: ${'m'.repeat(4000)}`);
  });

  test.each(['busy', '{}', '{"message":7,"retryable":true}', '[]', 'null', '{"message":"cut o'])(
    'treats %j with the same name as a plain error that is not retryable',
    (text) => {
      expect(classifyLambdaFailure(fromFunction('ServiceFailure', text))).toEqual({
        code: 'service-failed',
        detail: text,
      });
    },
  );

  test('accepts only true as retryable', () => {
    const text = '{"message":"m","retryable":"yes"}';
    expect(classifyLambdaFailure(fromFunction('ServiceFailure', text)).retryable).toBe(false);
  });
});
