import { AwsError } from '../aws-error.ts';
import type { AwsResponse } from '../cloud.ts';

/** The request that an error responds to. */
export interface ErrorContext {
  /** Signing name; undefined if the request did not state it. */
  readonly service: string | undefined;
  readonly requestId: string;
  /** Path of the request, which S3's errors contain. */
  readonly resource: string;
}

/**
 * Builds the error response in the protocol of its service: XML for S3, AWS JSON for the others. An error
 * that is not an `AwsError` becomes an internal failure, and its text is not sent to the client.
 * https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html#operation-error-serialization
 */
export function errorResponse(error: unknown, context: ErrorContext): AwsResponse {
  const known = error instanceof AwsError ? error : internalFailure(context.service);
  return context.service === 's3' ? xmlError(known, context) : jsonError(known, context);
}

function internalFailure(service: string | undefined): AwsError {
  const code = service === 's3' ? 'InternalError' : 'InternalFailure';
  return new AwsError(code, 'We encountered an internal error. See the log of the local runtime.', 500);
}

function jsonError(error: AwsError, context: ErrorContext): AwsResponse {
  return {
    status: error.status,
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amzn-errortype': error.code,
      'x-amzn-requestid': context.requestId,
    },
    body: JSON.stringify({
      __type: error.code,
      message: error.message,
      Message: error.message,
      ...error.details,
    }),
  };
}

/**
 * Builds S3's response. S3 has its own name for a refusal.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
 */
function xmlError(error: AwsError, context: ErrorContext): AwsResponse {
  const code = error.code === 'AccessDeniedException' ? 'AccessDenied' : error.code;
  const fields = {
    Code: code,
    Message: error.message,
    ...error.details,
    Resource: context.resource,
    RequestId: context.requestId,
  };
  const inner = Object.entries(fields).map(([name, value]) => `<${name}>${escapeXml(value)}</${name}>`);
  return {
    status: error.status,
    headers: { 'content-type': 'application/xml', 'x-amz-request-id': context.requestId },
    body: `<?xml version="1.0" encoding="UTF-8"?>\n<Error>${inner.join('')}</Error>`,
  };
}

/** Escapes text for XML; control characters that XML does not allow are written as references. */
export function escapeXml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replace(/(?![\n\t])\p{Cc}/gu, (c) => `&#x${c.charCodeAt(0).toString(16)};`);
}
