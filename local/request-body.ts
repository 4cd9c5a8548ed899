import { AwsError } from './aws-error.ts';
import { type JsonRecord, recordOf } from './json.ts';

const parsed = new WeakMap<Buffer, JsonRecord>();

/**
 * Returns the body of a request of AWS's JSON protocol. It is parsed once per request, for the permission check and the
 * operation. Throws `AwsError` `SerializationException` if the body is not a JSON object.
 */
export function requestBody(body: Buffer): JsonRecord {
  const known = parsed.get(body);
  if (known !== undefined) return known;
  try {
    const made = recordOf(JSON.parse(body.toString() || '{}'), 'the request');
    parsed.set(body, made);
    return made;
  } catch {
    throw new AwsError('SerializationException', 'the request is not a JSON object');
  }
}

/**
 * Returns the operation in `X-Amz-Target`. Throws `AwsError` `UnknownOperationException` if the header is
 * missing.
 */
export function targetOperation(headers: Readonly<Record<string, string>>): string {
  const operation = headers['x-amz-target']?.split('.').at(-1);
  if (!operation)
    throw new AwsError('UnknownOperationException', 'The header X-Amz-Target does not name an operation');
  return operation;
}
