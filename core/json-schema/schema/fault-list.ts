import type { Fault } from '../../contract/problems/problem-schema.ts';
import { childPointer } from './json-pointer.ts';

/** More faults than this are not reported. */
const maxFaults = 1000;
/** Of all pointers together: one name may be as long as a body. */
const maxPointerCharacters = 1_000_000;

/** Faults that are found one after the other; their pointers are made for faults only, and bounded all together. */
export interface FaultList {
  readonly faults: Fault[];
  charactersLeft: number;
}

/** A list without a fault. */
export function emptyFaultList(): FaultList {
  return { faults: [], charactersLeft: maxPointerCharacters };
}

/** Whether another fault would not be kept, so that there is no reason to look for one. */
export function isFull({ faults, charactersLeft }: FaultList): boolean {
  return faults.length >= maxFaults || charactersLeft <= 0;
}

/** Adds a fault, unless the list is full, at the end of a path whose first member is a pointer already. */
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
