import type { Item } from './table.ts';

/** Thrown when a stored item is not in a layout that this release reads: it was written by another one, or by hand. */
export class UnreadableItemError extends Error {
  override readonly name = 'UnreadableItemError';

  constructor(item: Item, fault: string) {
    super(`The item ${item['pk']?.S ?? '?'} ${item['sk']?.S ?? '?'} ${fault}`);
  }
}
