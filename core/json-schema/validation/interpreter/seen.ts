/** Which members of an object or items of an array some schema has evaluated, for `unevaluated...`. */
export interface Seen {
  readonly names: Set<string>;
  /** All items before this one. */
  itemsBefore: number;
  readonly items: Set<number>;
}

/** Nothing has been evaluated yet. */
export function nothingSeen(): Seen {
  return { names: new Set(), itemsBefore: 0, items: new Set() };
}

/** Adds what one schema has evaluated to what its holder has. */
export function addSeen(seen: Seen | undefined, more: Seen | undefined): void {
  if (seen === undefined || more === undefined) return;
  for (const name of more.names) seen.names.add(name);
  for (const item of more.items) seen.items.add(item);
  seen.itemsBefore = Math.max(seen.itemsBefore, more.itemsBefore);
}
