import type { Item } from './table.ts';

/**
 * Thrown when this release cannot read the layout of a stored item: another release wrote it, or it was
 * edited.
 */
export class UnreadableItemError extends Error {
  override readonly name = 'UnreadableItemError';

  constructor(item: Item, reason: string) {
    super(`The item ${item['pk']?.S ?? '?'} ${item['sk']?.S ?? '?'} ${reason}`);
  }
}
