import type { JsonValue } from '../../contract/json.ts';
import type { Fault } from '../../contract/problems/problem-schema.ts';
import { countContainers } from '../../json-schema/schema/json-containers.ts';
import { literalFaults } from '../../json-schema/schema/literal-faults.ts';
import { decodeUtf8 } from '../../std/utf8.ts';

/**
 * Objects and arrays in a result that is checked: so many of the smallest fit in the memory of the functions that check
 * results, 256 MB (infra/functions/job-functions.ts), with all else that those need. It refuses what has 6 bytes or fewer for each.
 */
const maxContainers = 700_000;

/** JSON that arrived as it was sent: its text and the value that the text is parsed to. */
export interface ParsedJson {
  readonly json: string;
  readonly value: JsonValue;
}

/** The JSON in uploaded bytes; a list of its faults when it is none, is too large to be checked, or was changed by parsing it. */
export function parseUploadedJson(bytes: Uint8Array): ParsedJson | readonly Fault[] {
  const json = decoded(bytes);
  if (json === undefined) return fault('must be UTF-8', 'encoding');
  const containers = countContainers(json);
  if (containers > maxContainers) return tooManyContainers(containers);
  const parsed = parse(json);
  if (parsed === undefined) return fault('is not JSON', 'type');
  const faults = literalFaults(json);
  return faults.length > 0 ? faults : parsed;
}

function decoded(bytes: Uint8Array): string | undefined {
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

function tooManyContainers(containers: number): readonly Fault[] {
  const detail = `has ${containers} objects and arrays, and JSON may have at most ${maxContainers}; give it fewer, or upload it as another media type, which is not checked`;
  return fault(detail, 'size');
}

function fault(detail: string, keyword: string): readonly Fault[] {
  return [{ pointer: '', detail, keyword }];
}
