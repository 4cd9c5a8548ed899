import type { JsonObject, JsonValue } from '../../../contract/json.ts';
import { isJsonArray, isJsonObject } from '../../schema/json-kind.ts';
import { isFull, type Run, reportViolation, type Subject } from './run.ts';
import {
  apply,
  type Keyword,
  type MakeKeyword,
  type NodeFactory,
  partOf,
  type SchemaNode,
  sameValue,
} from './schema-node.ts';
import { assertion } from './value-keywords.ts';

type Entry<Value> = readonly [string, Value];

/** Keywords that apply to objects, in the order in which their errors are recorded. */
export const objectKeywords: readonly (readonly [string, MakeKeyword])[] = [
  ['required', ({ required }) => assertion('required', (value) => hasAll(value, required))],
  [
    'minProperties',
    ({ minProperties: least }) => assertion('minProperties', (value) => count(value) >= Number(least)),
  ],
  [
    'maxProperties',
    ({ maxProperties: most }) => assertion('maxProperties', (value) => count(value) <= Number(most)),
  ],
  ['propertyNames', makePropertyNames],
  ['dependentRequired', makeDependentRequired],
  ['dependentSchemas', makeDependentSchemas],
  ['properties', makeProperties],
  ['patternProperties', makePatternProperties],
  ['additionalProperties', makeAdditionalProperties],
  ['unevaluatedProperties', makeUnevaluatedProperties],
];

function membersOf(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

function count(value: JsonValue): number {
  return Object.keys(membersOf(value)).length;
}

function hasAll(value: JsonValue, names: JsonValue | undefined): boolean {
  return !isJsonArray(names) || names.every((name) => Object.hasOwn(membersOf(value), String(name)));
}

function nodesOf(schema: JsonObject, keyword: string, { nodeOf }: NodeFactory): readonly Entry<SchemaNode>[] {
  return Object.entries(membersOf(schema[keyword])).map(([name, child]) => [name, nodeOf(child)]);
}

/**
 * Records the error of the keyword, followed by the errors of the name, once for each name that does not
 * match.
 */
function makePropertyNames({ propertyNames = true }: JsonObject, { nodeOf }: NodeFactory): Keyword {
  const node = nodeOf(propertyNames);
  return (run, subject) =>
    everyMember(run, subject, (name) => {
      const { errorsLeft, charactersLeft } = run;
      const start = run.errors.length;
      reportViolation(run, subject, { keyword: 'propertyNames' });
      if (!apply(run, node, partOf(subject, [name, name], ['propertyNames']))) return false;
      run.errors.length = start;
      Object.assign(run, { errorsLeft, charactersLeft });
      return true;
    });
}

function makeDependentRequired({ dependentRequired }: JsonObject): Keyword {
  const dependents = Object.entries(membersOf(dependentRequired));
  return assertion('dependentRequired', (value) =>
    dependents.every(([cause, names]) => !Object.hasOwn(membersOf(value), cause) || hasAll(value, names)),
  );
}

function makeDependentSchemas(schema: JsonObject, factory: NodeFactory): Keyword {
  const dependents = nodesOf(schema, 'dependentSchemas', factory);
  return (run, subject) => {
    let fits = true;
    for (const [cause, node] of dependents) {
      if (!Object.hasOwn(membersOf(subject.value), cause)) continue;
      if (apply(run, node, sameValue(subject, 'dependentSchemas', cause))) continue;
      fits = false;
      if (isFull(run)) return false;
    }
    return fits;
  };
}

function makeProperties(schema: JsonObject, factory: NodeFactory): Keyword {
  const nodes = new Map(nodesOf(schema, 'properties', factory));
  const names = [...nodes.keys()];
  return (run, subject) => {
    const members = membersOf(subject.value);
    let fits = true;
    for (const name of names) {
      const node = Object.hasOwn(members, name) ? nodes.get(name) : undefined;
      if (node === undefined) continue;
      subject.evaluated?.names.add(name);
      if (apply(run, node, partOf(subject, [name, members[name] ?? null], ['properties', name]))) continue;
      fits = false;
      if (isFull(run)) return false;
    }
    return fits;
  };
}

function makePatternProperties(schema: JsonObject, factory: NodeFactory): Keyword {
  const patterns = nodesOf(schema, 'patternProperties', factory).map(
    ([pattern, node]) => ({ pattern, node, matcher: new RegExp(pattern, 'u') }) as const,
  );
  return (run, subject) => {
    let fits = true;
    for (const { pattern, node, matcher } of patterns) {
      const each = everyMember(run, subject, (name, member) => {
        if (!matcher.test(name)) return true;
        subject.evaluated?.names.add(name);
        return apply(run, node, partOf(subject, [name, member], ['patternProperties', pattern]));
      });
      if (each) continue;
      fits = false;
      if (isFull(run)) return false;
    }
    return fits;
  };
}

function makeAdditionalProperties(schema: JsonObject, { nodeOf }: NodeFactory): Keyword {
  const node = nodeOf(schema['additionalProperties'] ?? true);
  const names = new Set(Object.keys(membersOf(schema['properties'])));
  const matchers = Object.keys(membersOf(schema['patternProperties'])).map(
    (pattern) => new RegExp(pattern, 'u'),
  );
  return (run, subject) =>
    everyMember(run, subject, (name, member) => {
      if (names.has(name) || matchers.some((matcher) => matcher.test(name))) return true;
      subject.evaluated?.names.add(name);
      return apply(run, node, partOf(subject, [name, member], ['additionalProperties']));
    });
}

function makeUnevaluatedProperties(schema: JsonObject, { nodeOf }: NodeFactory): Keyword {
  const node = nodeOf(schema['unevaluatedProperties'] ?? true);
  return (run, subject) =>
    everyMember(run, subject, (name, member) => {
      if (subject.evaluated?.names.has(name) === true) return true;
      subject.evaluated?.names.add(name);
      return apply(run, node, partOf(subject, [name, member], ['unevaluatedProperties']));
    });
}

function everyMember(
  run: Run,
  { value }: Subject,
  fits: (name: string, member: JsonValue) => boolean,
): boolean {
  const members = membersOf(value);
  let all = true;
  for (const name of Object.keys(members)) {
    if (fits(name, members[name] ?? null)) continue;
    all = false;
    if (isFull(run)) return false;
  }
  return all;
}
