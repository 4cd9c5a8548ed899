import { ProblemError, violationsError } from '../contract/problems/problem-error.ts';
import { decodeUtf8 } from '../std/utf8.ts';
import { literalViolations } from './schema/literal-violations.ts';

const maxDepth = 64;

/**
 * Parses JSON in UTF-8, nested at most 64 levels deep; `subject` names it in errors. Throws `invalid-json`, and
 * `invalid-request` with a pointer to each number or member name that `JSON.parse` would change.
 */
export function parseJson(bytes: Uint8Array, subject = 'The body'): unknown {
  const text = decode(bytes, subject);
  const value = parse(text);
  if (isDeeperThan(value, maxDepth)) {
    throw new ProblemError(
      'invalid-json',
      `${subject} is nested too deeply: at most ${maxDepth} levels are allowed`,
    );
  }
  const violations = literalViolations(text);
  if (violations.length > 0) throw violationsError('invalid-request', violations);
  return value;
}

/** The problem for bytes that are not valid UTF-8. */
export function notUtf8(cause?: unknown, subject = 'The body'): ProblemError {
  return new ProblemError('invalid-json', `${subject} is not valid UTF-8: send JSON in UTF-8`, { cause });
}

function decode(bytes: Uint8Array, subject: string): string {
  try {
    return decodeUtf8(bytes);
  } catch (cause) {
    throw notUtf8(cause, subject);
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
