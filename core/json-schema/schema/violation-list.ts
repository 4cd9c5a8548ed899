import type { Violation } from '../../contract/problems/problem-schema.ts';
import { childPointer } from './json-pointer.ts';

/** Further violations are not reported. */
const maxViolations = 1000;
/** Total of all pointers: a single name may be as long as the request body. */
const maxPointerCharacters = 1_000_000;

/**
 * Collects violations. A pointer is built only when a violation is added, and the total length of all pointers is
 * bounded.
 */
export interface ViolationList {
  readonly violations: Violation[];
  charactersLeft: number;
}

/** Creates an empty list. */
export function emptyViolationList(): ViolationList {
  return { violations: [], charactersLeft: maxPointerCharacters };
}

/** Returns true when further violations would be dropped, so that the caller can stop. */
export function isFull({ violations, charactersLeft }: ViolationList): boolean {
  return violations.length >= maxViolations || charactersLeft <= 0;
}

/**
 * Adds a violation unless the list is full. The first member of the path is a pointer, the others are its child
 * segments.
 */
export function addViolation(
  list: ViolationList,
  [root, ...path]: readonly [string, ...(string | number)[]],
  violation: Omit<Violation, 'pointer'>,
): void {
  if (isFull(list)) return;
  const pointer = path.reduce<string>(childPointer, root);
  list.charactersLeft -= pointer.length;
  list.violations.push({ pointer, ...violation });
}
