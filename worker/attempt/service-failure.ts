import { shorten } from './shorten.ts';

/*
The wire form, for whoever reads the end of an invocation and for services in other languages.

The function throws an error whose name is `ServiceFailure` and whose message is one JSON object:

    {"message": "...", "type": "...", "retryable": false}

  message    string, at most 4,000 UTF-16 code units, always there
  type       string, at most 128 code units; left out when the service gave none
  retryable  boolean, always there

Lambda answers `{"errorType": "ServiceFailure", "errorMessage": "<that JSON as text>", "trace": [...]}`, and
Step Functions hands on `Error` = errorType and `Cause` = that answer as text. So a reader parses twice:
`JSON.parse(JSON.parse(Cause).errorMessage)`. Any code may throw an error with this name; when the message is no
such object, the reader takes it as the message of a plain error that is not retryable.
https://docs.aws.amazon.com/lambda/latest/dg/nodejs-exceptions.html
https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
*/

/** The name of the thrown error, and so Lambda's `errorType` and Step Functions' `Error`. Part of the wire form. */
const serviceFailureName = 'ServiceFailure';

/**
 * Longest message in UTF-16 code units; a longer one is cut and ends with `…`. Text is escaped twice on its way (a
 * control character takes 7 characters), and `Cause` holds 32,768:
 * https://docs.aws.amazon.com/step-functions/latest/apireference/API_LambdaFunctionFailedEventDetails.html
 */
export const serviceFailureMessageMaxLength = 4_000;

/** Longest `type` in UTF-16 code units; a longer one is cut and ends with `…`. */
export const serviceFailureTypeMaxLength = 128;

/** `type` is a stable word that callers can tell failures apart by. `retryable` (default false) asks for another attempt. */
export type ServiceFailureOptions = {
  readonly type?: string;
  readonly retryable?: boolean;
  readonly cause?: unknown;
};

/** Thrown by a service to end its attempt as failed, in its own words. The message is shown to the job's owner. */
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
 * The error that a Lambda handler throws for a failure. Its stack keeps the frames but not the message, because
 * Lambda copies the stack into the answer and so into `Cause`.
 */
export function toWireError(failure: ServiceFailure): Error {
  const wire = new Error(toWireMessage(failure), { cause: failure });
  wire.name = serviceFailureName;
  wire.stack = [serviceFailureName, ...framesOf(failure)].join('\n');
  return wire;
}

/** Lines of the message could look like frames, so it goes first. Ten frames of 200 characters fit beside it. */
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
  // Lambda's Node.js runtime writes a bare U+007F as "%7F"; an escaped one gets through unharmed.
  // https://github.com/aws/aws-lambda-nodejs-runtime-interface-client
  return JSON.stringify(document).replaceAll('\u007f', '\\u007f');
}
