import { AwsError } from '../aws-error.ts';
import type { AwsResponse } from '../cloud.ts';

/** Where an error is answered. */
export interface ErrorPlace {
  /** Signing name; undefined when the request did not tell. */
  readonly service: string | undefined;
  readonly requestId: string;
  /** Path of the request, named in S3's errors. */
  readonly resource: string;
}

/**
 * Answers an error in the protocol of its service: XML for S3, AWS JSON for the others. What is no
 * `AwsError` becomes an internal failure whose text stays here.
 * https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html#operation-error-serialization
 */
export function errorAnswer(error: unknown, place: ErrorPlace): AwsResponse {
  const known = error instanceof AwsError ? error : internalFailure(place.service);
  return place.service === 's3' ? xmlAnswer(known, place) : jsonAnswer(known, place);
}

function internalFailure(service: string | undefined): AwsError {
  const code = service === 's3' ? 'InternalError' : 'InternalFailure';
  return new AwsError(code, 'We encountered an internal error. See the log of the local runtime.', 500);
}

function jsonAnswer(error: AwsError, place: ErrorPlace): AwsResponse {
  return {
    status: error.status,
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amzn-errortype': error.code,
      'x-amzn-requestid': place.requestId,
    },
    body: JSON.stringify({
      __type: error.code,
      message: error.message,
      Message: error.message,
      ...error.details,
    }),
  };
}

/** S3 has its own name for a refusal. https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
function xmlAnswer(error: AwsError, place: ErrorPlace): AwsResponse {
  const code = error.code === 'AccessDeniedException' ? 'AccessDenied' : error.code;
  const fields = {
    Code: code,
    Message: error.message,
    ...error.details,
    Resource: place.resource,
    RequestId: place.requestId,
  };
  const inner = Object.entries(fields).map(([name, value]) => `<${name}>${escapeXml(value)}</${name}>`);
  return {
    status: error.status,
    headers: { 'content-type': 'application/xml', 'x-amz-request-id': place.requestId },
    body: `<?xml version="1.0" encoding="UTF-8"?>\n<Error>${inner.join('')}</Error>`,
  };
}

/** Text as it may stand in XML; control characters that XML cannot hold are written as references. */
export function escapeXml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replace(/(?![\n\t])\p{Cc}/gu, (c) => `&#x${c.charCodeAt(0).toString(16)};`);
}
