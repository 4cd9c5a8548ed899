import { ProblemError, violationsError } from '../../../core/contract/problems/problem-error.ts';
import { literalViolations } from '../../../core/json-schema/schema/literal-violations.ts';
import { decodeUtf8 } from '../../../core/std/utf8.ts';

const maxDepth = 64;

/**
 * Parses a body of JSON in UTF-8, nested at most 64 levels deep. Throws `invalid-json`, and `invalid-request`
 * with a pointer to each number or member name that `JSON.parse` would change.
 */
export function parseJson(body: Uint8Array): unknown {
  const text = decode(body);
  const value = parse(text);
  if (isDeeperThan(value, maxDepth)) {
    throw new ProblemError(
      'invalid-json',
      `The body is nested too deeply: at most ${maxDepth} levels are allowed`,
    );
  }
  const violations = literalViolations(text);
  if (violations.length > 0) throw violationsError('invalid-request', violations);
  return value;
}

/** The problem for a body that is not valid UTF-8. */
export function notUtf8(cause?: unknown): ProblemError {
  return new ProblemError('invalid-json', 'The body is not valid UTF-8: send JSON in UTF-8', { cause });
}

function decode(body: Uint8Array): string {
  try {
    return decodeUtf8(body);
  } catch (cause) {
    throw notUtf8(cause);
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : 'The body is not valid JSON';
    throw new ProblemError('invalid-json', detail, { cause });
  }
}

function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((child) => isDeeperThan(child, levels - 1));
}
