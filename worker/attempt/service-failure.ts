import { shorten } from './shorten.ts';

/*
The wire format, for readers of an invocation's outcome and for services in other languages.

The function throws an error whose name is `ServiceFailure` and whose message is one JSON object:

    {"message": "...", "type": "...", "retryable": false}

  message    string, at most 4,000 UTF-16 code units, always present
  type       string, at most 128 code units; absent when the service set none
  retryable  boolean, always present

Lambda returns `{"errorType": "ServiceFailure", "errorMessage": "<that JSON as text>", "trace": [...]}`, and
Step Functions passes on `Error` = errorType and `Cause` = that response as text. So a reader parses twice:
`JSON.parse(JSON.parse(Cause).errorMessage)`. Any code may throw an error with this name; if the message is not
such an object, the reader treats it as the message of a plain error that is not retryable.
https://docs.aws.amazon.com/lambda/latest/dg/nodejs-exceptions.html
https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
*/

/**
 * The name of the thrown error, and therefore Lambda's `errorType` and Step Functions' `Error`. Part of the
 * wire format.
 */
const serviceFailureName = 'ServiceFailure';

/**
 * The maximum length of a message in UTF-16 code units; a longer one is truncated and ends with `…`. Text is
 * escaped twice on its way (a control character takes 7 characters), and `Cause` is limited to 32,768:
 * https://docs.aws.amazon.com/step-functions/latest/apireference/API_LambdaFunctionFailedEventDetails.html
 */
export const serviceFailureMessageMaxLength = 4_000;

/** The maximum length of `type` in UTF-16 code units; a longer one is truncated and ends with `…`. */
export const serviceFailureTypeMaxLength = 128;

/**
 * `type` is a stable identifier by which callers distinguish failures. `retryable` (default false) requests a
 * retry.
 */
export type ServiceFailureOptions = {
  readonly type?: string;
  readonly retryable?: boolean;
  readonly cause?: unknown;
};

/** Thrown by a service to end its attempt as failed. The message is shown to the job's owner. */
export class ServiceFailure extends Error {
  override readonly name = serviceFailureName;
  readonly type: string | undefined;
  readonly retryable: boolean;

  constructor(message: string, options: ServiceFailureOptions = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : {});
    this.type = options.type;
    this.retryable = options.retryable ?? false;
  }
}

/**
 * Creates the error that a Lambda handler throws for a failure. Its stack contains the frames but not the
 * message, because Lambda copies the stack into the response and therefore into `Cause`.
 */
export function toWireError(failure: ServiceFailure): Error {
  const wire = new Error(toWireMessage(failure), { cause: failure });
  wire.name = serviceFailureName;
  wire.stack = [serviceFailureName, ...framesOf(failure)].join('\n');
  return wire;
}

/**
 * Removes the message first, because its lines could look like frames. Ten frames of 200 characters fit in
 * `Cause`.
 */
function framesOf({ stack = '', message }: ServiceFailure): string[] {
  return stack
    .replace(message, () => '')
    .split('\n')
    .filter((line) => line.startsWith('    at '))
    .slice(0, 10)
    .map((line) => line.slice(0, 200));
}

function toWireMessage({ message, type, retryable }: ServiceFailure): string {
  const document = {
    message: shorten(message, serviceFailureMessageMaxLength),
    ...(type === undefined ? {} : { type: shorten(type, serviceFailureTypeMaxLength) }),
    retryable,
  };
  // Lambda's Node.js runtime writes a literal U+007F as "%7F", but passes on an escaped one unchanged.
  // https://github.com/aws/aws-lambda-nodejs-runtime-interface-client
  return JSON.stringify(document).replaceAll('\u007f', '\\u007f');
}
