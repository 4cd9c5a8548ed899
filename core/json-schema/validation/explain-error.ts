import type { JsonObject } from '../../contract/json.ts';
import { nearestNames } from '../../std/nearest-names.ts';
import { isJsonArray, isJsonObject } from '../schema/json-kind.ts';
import { childPointer, pointerSegments } from '../schema/json-pointer.ts';
import type { Explained, Finding } from './finding.ts';
import { followLocation, type KeywordPlace } from './follow-location.ts';
import type { SchemaError } from './interpreter/run.ts';
import { keywordDetail } from './keyword-detail.ts';
import { isKnown, knownProperties } from './known-properties.ts';

/** What one error says by itself. */
export function explainError(about: Explained, error: SchemaError): readonly Finding[] {
  const place = followLocation(about.compiled, error.keywordLocation);
  const { keyword, instanceLocation: pointer } = error;
  if (keyword === 'required') return missing(about, pointer, place.schema['required']);
  if (keyword === 'dependentRequired') return missingDependents(about, pointer, place.schema);
  if (keyword === 'not' && isNever(place.schema)) return [explainNever(about, place, pointer)];
  const detail = keywordDetail(keyword, place.schema, about.valueAt(pointer));
  return detail === undefined ? [] : [{ fault: { pointer, detail, keyword } }];
}

function missing(about: Explained, pointer: string, required: unknown): readonly Finding[] {
  const value = about.valueAt(pointer);
  if (!Array.isArray(required) || !isJsonObject(value)) return [];
  return required
    .filter((name: unknown): name is string => typeof name === 'string' && !Object.hasOwn(value, name))
    .map((name) => ({
      fault: { pointer: childPointer(pointer, name), detail: 'must be present', keyword: 'required' },
    }));
}

function missingDependents(about: Explained, pointer: string, schema: JsonObject): readonly Finding[] {
  const value = about.valueAt(pointer);
  const dependents = schema['dependentRequired'];
  if (!isJsonObject(value) || !isJsonObject(dependents)) return [];
  return Object.entries(dependents)
    .filter(([cause]) => Object.hasOwn(value, cause))
    .flatMap(([cause, names]) =>
      isJsonArray(names) ? names.map((name) => [cause, String(name)] as const) : [],
    )
    .filter(([, name]) => !Object.hasOwn(value, name))
    .map(([cause, name]) => ({
      fault: {
        pointer: childPointer(pointer, name),
        detail: `must be present when ${cause} is`,
        keyword: 'dependentRequired',
      },
    }));
}

/** `false` is compiled to `not: {}`. */
function isNever({ not }: JsonObject): boolean {
  return isJsonObject(not) && Object.keys(not).length === 0;
}

function explainNever(about: Explained, { holder }: KeywordPlace, pointer: string): Finding {
  const keyword = holder?.keyword ?? 'not';
  const segments = pointerSegments(pointer);
  const outer = segments.slice(0, -1).reduce(childPointer, '');
  const echo = keyword.startsWith('unevaluated') ? { echoOf: outer } : {};
  if (/Items$|^items$/.test(keyword)) {
    const detail = 'must be absent: no further items are allowed';
    return { fault: { pointer, detail, keyword }, ...echo };
  }
  if (holder === undefined || !/Properties$/.test(keyword)) {
    return { fault: { pointer, detail: 'must be absent: no value is allowed here', keyword: 'not' } };
  }
  const name = segments.at(-1) ?? '';
  const known = knownProperties(about.compiled, holder.schema);
  const fault = { pointer, detail: unknownDetail(name, known.names), keyword };
  return isKnown(known, name) ? { fault, ...echo } : { fault };
}

function unknownDetail(name: string, known: readonly string[]): string {
  const [nearest] = nearestNames(name, known);
  if (nearest !== undefined && nearest !== name) return `is not a known property; did you mean ${nearest}?`;
  if (known.length === 0) return 'must be absent: no property is allowed here';
  const shown = known.slice(0, 10).join(', ');
  return `is not a known property; known are ${shown}${known.length > 10 ? ` and ${known.length - 10} more` : ''}`;
}
