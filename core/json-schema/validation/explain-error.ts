import type { JsonObject } from '../../contract/json.ts';
import { nearestNames } from '../../std/nearest-names.ts';
import { isJsonArray, isJsonObject } from '../schema/json-kind.ts';
import { childPointer, pointerSegments } from '../schema/json-pointer.ts';
import type { ExplainContext, Finding } from './finding.ts';
import { followLocation, type KeywordLocation } from './follow-location.ts';
import type { SchemaError } from './interpreter/run.ts';
import { keywordDetail } from './keyword-detail.ts';
import { isKnown, knownProperties } from './known-properties.ts';

/** Translates a single error, regardless of other errors. */
export function explainError(context: ExplainContext, error: SchemaError): readonly Finding[] {
  const location = followLocation(context.compiled, error.keywordLocation);
  const { keyword, instanceLocation: pointer } = error;
  if (keyword === 'required') return missingViolation(context, pointer, location.schema['required']);
  if (keyword === 'dependentRequired') return missingDependents(context, pointer, location.schema);
  if (keyword === 'not' && isNever(location.schema)) return [explainNever(context, location, pointer)];
  const detail = keywordDetail(keyword, location.schema, context.valueAt(pointer));
  return detail === undefined ? [] : [{ violation: { pointer, detail, keyword } }];
}

function missingViolation(context: ExplainContext, pointer: string, required: unknown): readonly Finding[] {
  const value = context.valueAt(pointer);
  if (!Array.isArray(required) || !isJsonObject(value)) return [];
  return required
    .filter((name: unknown): name is string => typeof name === 'string' && !Object.hasOwn(value, name))
    .map((name) => ({
      violation: { pointer: childPointer(pointer, name), detail: 'must be present', keyword: 'required' },
    }));
}

function missingDependents(context: ExplainContext, pointer: string, schema: JsonObject): readonly Finding[] {
  const value = context.valueAt(pointer);
  const dependents = schema['dependentRequired'];
  if (!isJsonObject(value) || !isJsonObject(dependents)) return [];
  return Object.entries(dependents)
    .filter(([cause]) => Object.hasOwn(value, cause))
    .flatMap(([cause, names]) =>
      isJsonArray(names) ? names.map((name) => [cause, String(name)] as const) : [],
    )
    .filter(([, name]) => !Object.hasOwn(value, name))
    .map(([cause, name]) => ({
      violation: {
        pointer: childPointer(pointer, name),
        detail: `must be present when ${cause} is`,
        keyword: 'dependentRequired',
      },
    }));
}

/** The schema `false` is compiled to `not: {}`. */
function isNever({ not }: JsonObject): boolean {
  return isJsonObject(not) && Object.keys(not).length === 0;
}

function explainNever(context: ExplainContext, { parent }: KeywordLocation, pointer: string): Finding {
  const keyword = parent?.keyword ?? 'not';
  const segments = pointerSegments(pointer);
  const outer = segments.slice(0, -1).reduce(childPointer, '');
  const echo = keyword.startsWith('unevaluated') ? { echoOf: outer } : {};
  if (/Items$|^items$/.test(keyword)) {
    const detail = 'must be removed: no further items are allowed';
    return { violation: { pointer, detail, keyword }, ...echo };
  }
  if (parent === undefined || !/Properties$/.test(keyword)) {
    return { violation: { pointer, detail: 'must be removed: no value is allowed here', keyword: 'not' } };
  }
  const name = segments.at(-1) ?? '';
  const known = knownProperties(context.compiled, parent.schema);
  const violation = { pointer, detail: unknownDetail(name, known.names), keyword };
  return isKnown(known, name) ? { violation, ...echo } : { violation };
}

function unknownDetail(name: string, known: readonly string[]): string {
  const [nearest] = nearestNames(name, known);
  if (nearest !== undefined && nearest !== name) return `is not a known property; did you mean ${nearest}?`;
  if (known.length === 0) return 'must be removed: no properties are allowed here';
  const shown = known.slice(0, 10).join(', ');
  return `is not a known property; known properties are ${shown}${known.length > 10 ? ` and ${known.length - 10} more` : ''}`;
}
