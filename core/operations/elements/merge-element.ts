import type { JsonObject, JsonValue } from '../../contract/json.ts';
import type { ArrayElement } from '../../contract/schemas/operations/array-schemas.ts';
import type { Submission } from '../../contract/schemas/submission-schemas.ts';
import { omitUndefined } from '../../std/omit-undefined.ts';

/**
 * The submission of one element: members of its parameters and its inputs replace those of the same name in the template, and its
 * name replaces the template's. Parameters that are not both objects replace the template's as a whole.
 */
export function mergeElement(template: Submission, { parameters, inputs, name }: ArrayElement): Submission {
  return {
    ...template,
    ...omitUndefined({ name: name ?? template.name }),
    ...(parameters === undefined ? {} : { parameters: mergeParameters(template.parameters, parameters) }),
    ...(inputs === undefined ? {} : { inputs: { ...template.inputs, ...inputs } }),
  };
}

function mergeParameters(target: JsonValue | undefined, parameters: JsonValue): JsonValue {
  if (!isObject(target) || !isObject(parameters)) return parameters;
  // A map, because an object would not treat the name __proto__ as a member.
  return Object.fromEntries(new Map([...Object.entries(target), ...Object.entries(parameters)]));
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
