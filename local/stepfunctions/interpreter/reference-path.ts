import { isRecord, type JsonRecord, textOrJson } from '../../json.ts';
import { runtimeError, StateError } from './state-error.ts';

/**
 * A compiled reference path, such as `$.a[0]`, `$['a b']` or `$$.Execution.Id`. Without members, it refers to
 * the whole input or context object.
 * https://docs.aws.amazon.com/step-functions/latest/dg/amazon-states-language-paths.html
 */
export interface ReferencePath {
  readonly text: string;
  /** Field of the definition that contains the path. */
  readonly field: string;
  readonly root: 'input' | 'context';
  /** Names of members and indices of array items, from the root. */
  readonly members: ReadonlyArray<string | number>;
}

/** The data that a path reads. */
export interface Sources {
  readonly input: unknown;
  /** The context object, which `$$` refers to. */
  readonly context: JsonRecord;
}

const step = /\.([\p{L}\p{N}_-]+)|\[(\d+)\]|\['([^'\\]+)'\]|\["([^"\\]+)"\]/uy;
const contextMembers: readonly unknown[] = ['Execution', 'State', 'StateMachine'];

/**
 * Compiles the path of a field. Throws an error with `where` for everything but a reference path: wildcards,
 * slices, filters, functions, and members of the context object that the runtime does not have.
 */
export function compilePath(text: unknown, field: string, where: string): ReferencePath {
  if (typeof text !== 'string' || !text.startsWith('$')) throw unsupported(text, field, where);
  const root = text.startsWith('$$') ? 'context' : 'input';
  const members: Array<string | number> = [];
  step.lastIndex = root === 'context' ? 2 : 1;
  for (let end = step.lastIndex; end < text.length; end = step.lastIndex) {
    const found = step.exec(text);
    if (found === null) throw unsupported(text, field, where);
    const [, name, index, single, double] = found;
    members.push(index === undefined ? (name ?? single ?? double ?? '') : Number(index));
  }
  const [first] = members;
  if (root === 'context' && first !== undefined && !contextMembers.includes(first))
    throw unsupported(text, field, where);
  return { text, field, root, members };
}

function unsupported(text: unknown, field: string, where: string): Error {
  return new Error(`${where}, ${field}: ${textOrJson(text)} is not supported by the local runtime`);
}

/**
 * Compiles a ResultPath: null discards the result, an absent path replaces the input. Throws for a path that
 * is not a list of member names.
 */
export function compileResultPath(text: unknown, where: string): ReferencePath | null {
  if (text === null) return null;
  const path = compilePath(text ?? '$', 'ResultPath', where);
  if (path.root === 'input' && path.members.every((member) => typeof member === 'string')) return path;
  throw unsupported(text, path.field, where);
}

/** Returns the value that a path refers to. Throws `States.Runtime` if there is none. */
export function valueAt(path: ReferencePath, sources: Sources): unknown {
  let value = path.root === 'context' ? sources.context : sources.input;
  for (const member of path.members) value = memberOf(value, member);
  if (value === undefined) {
    throw runtimeError(
      `The JSONPath '${path.text}' specified for the field '${path.field}' could not be found in the input '${textOrJson(sources.input)}'`,
    );
  }
  return value;
}

/** Returns the value that InputPath or OutputPath selects: a path of null selects an empty object. */
export function selection(path: ReferencePath | null, sources: Sources): unknown {
  return path === null ? {} : valueAt(path, sources);
}

function memberOf(value: unknown, member: string | number): unknown {
  if (typeof member === 'number') return Array.isArray(value) ? value[member] : undefined;
  return isRecord(value) && Object.hasOwn(value, member) ? value[member] : undefined;
}

/**
 * Returns a copy of the input with the result at the path; missing objects on the way are created. Throws
 * `States.ResultPathMatchFailure` if the path passes through a value that is not an object.
 */
export function withResult(path: ReferencePath | null, input: unknown, result: unknown): unknown {
  if (path === null) return input;
  const write = (target: unknown, depth: number): unknown => {
    const member = path.members[depth];
    if (member === undefined) return result;
    if (target !== undefined && !isRecord(target)) {
      throw new StateError(
        'States.ResultPathMatchFailure',
        `Unable to apply ReferencePath ${path.text} to input ${textOrJson(input)}`,
      );
    }
    return { ...target, [member]: write(memberOf(target, member), depth + 1) };
  };
  return write(input, 0);
}
