/** The members of an object or items of an array that schemas have evaluated, for `unevaluated...`. */
export interface EvaluatedParts {
  readonly names: Set<string>;
  /** All items before this index are evaluated. */
  itemsBefore: number;
  readonly items: Set<number>;
}

/** Creates an empty record. */
export function nothingEvaluated(): EvaluatedParts {
  return { names: new Set(), itemsBefore: 0, items: new Set() };
}

/** Adds the members that one schema has evaluated to those of the schema that applies it. */
export function mergeEvaluated(
  evaluated: EvaluatedParts | undefined,
  more: EvaluatedParts | undefined,
): void {
  if (evaluated === undefined || more === undefined) return;
  for (const name of more.names) evaluated.names.add(name);
  for (const item of more.items) evaluated.items.add(item);
  evaluated.itemsBefore = Math.max(evaluated.itemsBefore, more.itemsBefore);
}
