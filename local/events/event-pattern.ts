import { isRecord, type JsonRecord } from '../json.ts';
import { compileValueMatcher, type ValueMatcher } from './value-matcher.ts';

/** Reports whether an event or a stream record matches a pattern. */
export type EventMatcher = (event: unknown) => boolean;

type FieldMatcher = (value: unknown) => boolean;

/**
 * Compiles an EventBridge event pattern or a Lambda event filter; both use the same language. Throws an error
 * that names the location of anything unsupported. An object pattern matches an array of objects if one
 * element matches all of it.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
 */
export function compileEventPattern(pattern: unknown, where: string): EventMatcher {
  if (!isRecord(pattern) || Object.keys(pattern).length === 0) {
    throw new Error(`${where}: a pattern must be an object with at least one member`);
  }
  return compileObject(pattern, where);
}

function compileObject(pattern: JsonRecord, where: string): FieldMatcher {
  const tests = Object.entries(pattern).map(([key, node]) =>
    key === '$or' ? compileOr(node, `${where}.$or`) : compileMember(key, node, `${where}.${key}`),
  );
  const satisfies = (value: unknown): boolean => tests.every((test) => test(value));
  return (value) => {
    // An empty array, a scalar and a missing field have no members, so only `exists: false` can match.
    if (Array.isArray(value) && value.length > 0) return value.some(satisfies);
    return satisfies(isRecord(value) ? value : {});
  };
}

function compileMember(key: string, node: unknown, where: string): FieldMatcher {
  const test = compileNode(node, where);
  return (value) => test(isRecord(value) && Object.hasOwn(value, key) ? value[key] : undefined);
}

function compileNode(node: unknown, where: string): FieldMatcher {
  if (Array.isArray(node)) return compileLeaf(node, where);
  if (isRecord(node) && Object.keys(node).length > 0) return compileObject(node, where);
  throw new Error(`${where}: a field of a pattern must be an array or an object with members`);
}

function compileLeaf(alternatives: readonly unknown[], where: string): FieldMatcher {
  if (alternatives.length === 0) throw new Error(`${where}: an empty array matches nothing`);
  const matchers: readonly ValueMatcher[] = alternatives.map((alternative) =>
    compileValueMatcher(alternative, where),
  );
  return (value) => {
    const leaves = leavesOf(value);
    return matchers.some((matcher) => matcher(leaves));
  };
}

/** Returns the scalars at a field: each element of an array; none for an object or a missing field. */
function leavesOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value.flatMap(leavesOf);
  return value === undefined || isRecord(value) ? [] : [value];
}

function compileOr(node: unknown, where: string): FieldMatcher {
  if (!Array.isArray(node) || node.length < 2) {
    throw new Error(`${where}: must be an array of at least two patterns`);
  }
  const branches = node.map((branch: unknown, index) => {
    if (!isRecord(branch)) throw new Error(`${where}[${index}]: must be an object`);
    return compileObject(branch, `${where}[${index}]`);
  });
  return (value) => branches.some((branch) => branch(value));
}
