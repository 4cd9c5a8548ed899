import type * as z from 'zod/mini';
import { violationsError } from '../problems/problem-error.ts';
import type { Violation } from '../problems/problem-schema.ts';

type Issue = z.core.$ZodIssue;
type KeyIssue = Issue & { code: 'invalid_key' };
type UnionIssue = Issue & { code: 'invalid_union' };

/**
 * Validates a value against a schema and returns it typed. Throws `invalid-request` with all errors: first
 * `found`, the errors that the caller has already found, then those of the schema.
 */
export function parseWire<Schema extends z.ZodMiniType>(
  schema: Schema,
  value: unknown,
  found: readonly Violation[] = [],
): z.infer<Schema> {
  const result = schema.safeParse(value, { reportInput: true });
  const schemaViolations = result.success
    ? droppedMembers({ given: value, parsed: result.data, path: [] })
    : result.error.issues.flatMap(toViolations);
  const violations = [...found, ...schemaViolations];
  if (result.success && violations.length === 0) return result.data;
  throw violationsError('invalid-request', violations);
}

/** A member name that Zod's records silently drop, because Zod builds a plain object. */
const droppedName = '__proto__';

/**
 * Reports each member `__proto__` of the input that is missing from the parsed value. A value that a schema
 * passes through, such as parameters, is the identical object and is not traversed.
 */
function droppedMembers({ given, parsed, path }: ParsedValue): readonly Violation[] {
  if (given === parsed || !isObject(given) || !isObject(parsed)) return [];
  const isDropped = Object.hasOwn(given, droppedName) && !Object.hasOwn(parsed, droppedName);
  const droppedViolation = {
    pointer: pointerTo([...path, droppedName]),
    detail: 'is a reserved name: use another one',
  };
  return [
    ...(isDropped ? [{ ...droppedViolation, keyword: 'propertyNames' }] : []),
    ...Object.keys(parsed).flatMap((name) =>
      droppedMembers({ given: given[name], parsed: parsed[name], path: [...path, name] }),
    ),
  ];
}

interface ParsedValue {
  readonly given: unknown;
  readonly parsed: unknown;
  readonly path: readonly string[];
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

/** RFC 6901: `/a/b`, with `~` and `/` in names escaped. */
export function pointerTo(path: readonly PropertyKey[]): string {
  return path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

function toViolations(issue: Issue): readonly Violation[] {
  const pointer = pointerTo(issue.path);
  if (issue.code !== 'unrecognized_keys') return [{ pointer, ...describeIssue(issue) }];
  return issue.keys.map((key) => ({
    pointer: pointerTo([...issue.path, key]),
    detail: 'is not an allowed member',
    keyword: 'additionalProperties',
  }));
}

function describeIssue(issue: Issue): { readonly detail: string; readonly keyword: string } {
  // JSON has no undefined, so the member is missing.
  if (issue.input === undefined) return { detail: describeMissing(issue), keyword: 'required' };
  switch (issue.code) {
    case 'invalid_type':
      return { detail: `must be ${withArticle(jsonType(issue.expected))}`, keyword: 'type' };
    case 'too_small':
      return { detail: `must ${limitText(issue.origin, 'at least', issue.minimum)}`, keyword: 'minimum' };
    case 'too_big':
      return { detail: `must ${limitText(issue.origin, 'at most', issue.maximum)}`, keyword: 'maximum' };
    case 'invalid_format':
      return {
        detail: issue.message === 'Invalid input' ? 'has an invalid format' : issue.message,
        keyword: 'format',
      };
    case 'invalid_value':
      return { detail: `must be one of ${issue.values.map(String).join(', ')}`, keyword: 'enum' };
    case 'invalid_key':
      return describeKey(issue);
    case 'invalid_union':
      return describeUnion(issue);
    default:
      return { detail: issue.message, keyword: issue.code };
  }
}

/** Describes a member whose name is invalid. */
function describeKey({ issues: [first] }: KeyIssue): { readonly detail: string; readonly keyword: string } {
  const { detail } = first === undefined ? { detail: 'has an invalid format' } : describeIssue(first);
  return { detail: `its name ${detail}`, keyword: 'propertyNames' };
}

function describeMissing(issue: Issue): string {
  return issue.code === 'invalid_type' ? `is required (${jsonType(issue.expected)})` : 'is required';
}

/** The name that JSON Schema uses for a type of Zod. */
function jsonType(zodType: string): string {
  if (zodType === 'int') return 'integer';
  return zodType === 'record' ? 'object' : zodType;
}

function withArticle(type: string): string {
  return /^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`;
}

function limitText(origin: string, bound: 'at least' | 'at most', limit: number | bigint): string {
  if (origin === 'string') return `have a length of ${bound} ${limit}`;
  if (origin === 'array') return `have ${bound} ${limit} ${Number(limit) === 1 ? 'item' : 'items'}`;
  return `be ${bound} ${limit}`;
}

/**
 * With a discriminator, the issue's path is that of the discriminator and its input is the enclosing object.
 */
function describeUnion(issue: UnionIssue): { readonly detail: string; readonly keyword: string } {
  if (issue.discriminator === undefined || issue.inclusive === false)
    return { detail: unionDetail(issue), keyword: 'type' };
  const allowed = `one of ${(issue.options ?? []).map(String).join(', ')}`;
  return Object.hasOwn(Object(issue.input), issue.discriminator)
    ? { detail: `must be ${allowed}`, keyword: 'enum' }
    : { detail: `is required (${allowed})`, keyword: 'required' };
}

/** Describes the branch that fits best: the one whose issues are nested deepest. */
function unionDetail(issue: UnionIssue): string {
  const depth = (branch: readonly Issue[]) => Math.max(0, ...branch.map(({ path }) => path.length));
  const [nearest] = [...issue.errors].sort((left, right) => depth(right) - depth(left));
  const [first] = (nearest ?? []).flatMap(toViolations);
  if (first === undefined) return 'has an invalid format';
  return first.pointer === '' ? first.detail : `${first.pointer.slice(1)} ${first.detail}`;
}
