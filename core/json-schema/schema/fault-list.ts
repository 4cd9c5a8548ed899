import type { Fault } from '../../contract/problems/problem-schema.ts';
import { childPointer } from './json-pointer.ts';

/** Further faults are not reported. */
const maxFaults = 1000;
/** Total of all pointers: a single name may be as long as the request body. */
const maxPointerCharacters = 1_000_000;

/**
 * Collects faults. A pointer is built only when a fault is added, and the total length of all pointers is
 * bounded.
 */
export interface FaultList {
  readonly faults: Fault[];
  charactersLeft: number;
}

/** Creates an empty list. */
export function emptyFaultList(): FaultList {
  return { faults: [], charactersLeft: maxPointerCharacters };
}

/** Returns true when further faults would be dropped, so that the caller can stop. */
export function isFull({ faults, charactersLeft }: FaultList): boolean {
  return faults.length >= maxFaults || charactersLeft <= 0;
}

/**
 * Adds a fault unless the list is full. The first member of the path is a pointer, the others are its child
 * segments.
 */
export function addFault(
  list: FaultList,
  [root, ...path]: readonly [string, ...(string | number)[]],
  fault: Omit<Fault, 'pointer'>,
): void {
  if (isFull(list)) return;
  const pointer = path.reduce<string>(childPointer, root);
  list.charactersLeft -= pointer.length;
  list.faults.push({ pointer, ...fault });
}
