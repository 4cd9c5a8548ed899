import { metadataBoundPattern, metadataValuePattern } from '../../../core/contract/metadata-names.ts';
import type { Violation } from '../../../core/contract/problems/problem-schema.ts';
import { numberViolation } from '../../../core/json-schema/schema/number-literal.ts';
import type { MetadataCondition } from '../../../core/ports/job-store.ts';
import { type HttpRequest, repeatedParameter } from '../../_shared/http/api-request.ts';

/** The filters by metadata of a query, and the request without them. */
export interface MetadataQuery<Request> {
  /** Sorted, so that a cursor is valid for any order of the parameters. */
  readonly conditions: readonly MetadataCondition[];
  readonly violations: readonly Violation[];
  readonly rest: Request;
}

const prefix = 'metadata.';
const valueName = new RegExp(metadataValuePattern);
const boundName = new RegExp(metadataBoundPattern);
/** A number in JSON (RFC 8259, 6). */
const jsonNumber = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** Separates the query parameters `metadata.<member>`, with or without `.min` or `.max`, from all others. */
export function readMetadataConditions<Request extends HttpRequest>(event: Request): MetadataQuery<Request> {
  const all = Object.entries(event.multiValueQueryStringParameters ?? {});
  const own = sortByName(all.filter(([name]) => name.startsWith(prefix)));
  const parsed = own.map(([name, values = []]) => parseParameter(name, values));
  return {
    conditions: mergeRanges(parsed.flatMap(({ condition }) => condition ?? [])),
    violations: parsed.flatMap(({ violation }) => violation ?? []),
    rest: {
      ...event,
      multiValueQueryStringParameters: Object.fromEntries(all.filter(([name]) => !name.startsWith(prefix))),
    },
  };
}

type Parsed = { readonly condition?: MetadataCondition; readonly violation?: Violation };

function parseParameter(parameter: string, values: readonly string[]): Parsed {
  const [text = ''] = values;
  const pointer = `/${parameter}`;
  if (values.length > 1) return { violation: repeatedParameter(parameter, values.length) };
  const value = valueName.exec(parameter);
  if (value?.[1] !== undefined)
    return { condition: { kind: 'equals', name: value[1], values: valuesOf(text) } };
  const [, name, bound] = boundName.exec(parameter) ?? [];
  if (name === undefined || (bound !== 'min' && bound !== 'max')) {
    const detail =
      'must be metadata.<member>, metadata.<member>.min or metadata.<member>.max, with a member of 1 to 63 letters, digits, hyphens and underscores that starts with a letter';
    return { violation: { pointer, detail, keyword: 'propertyNames' } };
  }
  const number = readNumber(text);
  if (number !== undefined) return { condition: { kind: 'range', name, [bound]: number } };
  const detail =
    'must be a number as in JSON, such as -2.5 or 7, within the range of a double, which must represent an integer exactly';
  return { violation: { pointer, detail, keyword: 'type' } };
}

/** The values that a text matches: itself, and the number that it is in JSON. */
function valuesOf(text: string): readonly (string | number)[] {
  const number = readNumber(text);
  return number === undefined ? [text] : [text, number];
}

/** The number that a text is in JSON; undefined if it is none, or one that no metadata can contain. */
function readNumber(text: string): number | undefined {
  return jsonNumber.test(text) && numberViolation(text) === undefined ? Number(text) : undefined;
}

/** Merges the bounds of a member into one condition, and sorts the conditions by their members. */
function mergeRanges(conditions: readonly MetadataCondition[]): readonly MetadataCondition[] {
  const byKindAndName = new Map<string, MetadataCondition>();
  for (const condition of conditions) {
    const key = `${condition.name} ${condition.kind}`;
    byKindAndName.set(key, { ...byKindAndName.get(key), ...condition });
  }
  return sortByName([...byKindAndName]).map(([, condition]) => condition);
}

function sortByName<Value>(entries: readonly (readonly [string, Value])[]) {
  return entries.toSorted(([left], [right]) => (left < right ? -1 : 1));
}
