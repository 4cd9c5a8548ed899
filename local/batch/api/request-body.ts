import type { AwsRequest } from '../../cloud.ts';
import { isRecord, type JsonRecord } from '../../json.ts';
import { clientError } from './client-error.ts';

/** Parses the body of a request. Throws `ClientException` if the body is not a JSON object. */
export function bodyOf(request: AwsRequest): JsonRecord {
  try {
    const body: unknown = JSON.parse(request.body.toString('utf8') || '{}');
    if (isRecord(body)) return body;
  } catch {
    // Handled below, like any other body that is not an object.
  }
  throw clientError('The request body is not a JSON object');
}

/** Returns a required string. */
export function requiredText(body: JsonRecord, member: string): string {
  const value = body[member];
  if (typeof value !== 'string' || value === '') throw clientError(`${member} must be specified.`);
  return value;
}

/** Returns an object of a request; an empty object if it is absent. */
export function objectIn(body: JsonRecord, member: string): JsonRecord {
  const value = body[member];
  if (value === undefined || value === null) return {};
  if (!isRecord(value)) throw clientError(`${member} must be an object.`);
  return value;
}

/** Returns a map of strings of a request; an empty map if it is absent. */
export function textsIn(body: JsonRecord, member: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(objectIn(body, member)).map(([key, value]) => {
      if (typeof value !== 'string') throw clientError(`${member}.${key} must be a string.`);
      return [key, value];
    }),
  );
}

/** Returns a list of a request; undefined if it is absent. */
export function listIn(body: JsonRecord, member: string): readonly unknown[] | undefined {
  const value = body[member];
  if (value === undefined || value === null) return undefined;
  if (!Array.isArray(value)) throw clientError(`${member} must be a list.`);
  return value;
}

/** Returns an integer of a request within bounds; undefined if it is absent. */
export function numberIn(
  body: JsonRecord,
  member: string,
  [least, most]: readonly [least: number, most: number],
): number | undefined {
  const value = body[member];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < least || value > most)
    throw clientError(`${member} must be a whole number from ${least} to ${most}.`);
  return value;
}

/** Refuses members that have an effect on AWS but not in the local runtime. The error names the member. */
export function refuseMembers(body: JsonRecord, known: readonly string[]): void {
  for (const [member, value] of Object.entries(body)) {
    const isEmpty = value === null || (Array.isArray(value) && value.length === 0);
    if (!known.includes(member) && !isEmpty)
      throw clientError(`${member} is not supported by the local runtime.`);
  }
}
