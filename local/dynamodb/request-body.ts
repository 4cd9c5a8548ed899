import { type JsonRecord, recordOf } from '../assembly/json.ts';
import { AwsError } from '../aws-error.ts';

const parsed = new WeakMap<Buffer, JsonRecord>();

/**
 * The JSON body of a request; parsed once per request, as both permission and handling look at it. Throws
 * `AwsError` `SerializationException` when it is no JSON object.
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

/** The operation named in `X-Amz-Target`. Throws `AwsError` `UnknownOperationException` where there is none. */
export function targetOperation(headers: Readonly<Record<string, string>>): string {
  const operation = headers['x-amz-target']?.split('.').at(-1);
  if (!operation) throw new AwsError('UnknownOperationException', 'X-Amz-Target names no operation');
  return operation;
}
