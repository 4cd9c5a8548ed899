import type { JsonValue } from '../../contract/json.ts';
import type { Violation } from '../../contract/problems/problem-schema.ts';
import { countContainers } from '../../json-schema/schema/json-containers.ts';
import { literalViolations } from '../../json-schema/schema/literal-violations.ts';
import { decodeUtf8 } from '../../std/utf8.ts';

/**
 * Maximum number of objects and arrays in a result that is checked. This many empty objects fit in 256 MB, the
 * memory of the functions that check results (infra/functions/job-functions.ts), beside everything else. A
 * result of 4 MiB is rejected if it has 6 bytes or fewer for each of them.
 */
const maxContainers = 700_000;

/** JSON that is stored as it was sent: its text and the parsed value. */
export interface ParsedJson {
  readonly json: string;
  readonly value: JsonValue;
}

/**
 * Parses uploaded bytes. Returns errors if they are not JSON, have too many objects and arrays to be checked,
 * or contain values that parsing would change.
 */
export function parseUploadedJson(bytes: Uint8Array): ParsedJson | readonly Violation[] {
  const json = decode(bytes);
  if (json === undefined) return violation('must be UTF-8', 'encoding');
  const containers = countContainers(json);
  if (containers > maxContainers) return tooManyContainers(containers);
  const parsed = parse(json);
  if (parsed === undefined) return violation('is not JSON', 'type');
  const violations = literalViolations(json);
  return violations.length > 0 ? violations : parsed;
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return decodeUtf8(bytes);
  } catch {
    return undefined;
  }
}

function parse(json: string): ParsedJson | undefined {
  try {
    return { json, value: JSON.parse(json) };
  } catch {
    return undefined;
  }
}

function tooManyContainers(containers: number): readonly Violation[] {
  const detail = `has ${containers} objects and arrays; the maximum for JSON is ${maxContainers}. Use fewer, or upload the result as another media type, which is not checked`;
  return violation(detail, 'size');
}

function violation(detail: string, keyword: string): readonly Violation[] {
  return [{ pointer: '', detail, keyword }];
}
