/** A regular expression as the ambiguity check needs it: the captured text and the order of choices are gone. */
export type PatternNode =
  /** Matches no character: an anchor, or a look-around, whose inside is checked for itself. */
  | { readonly kind: 'empty' }
  /** One character out of a set, kept as the source text of that set. */
  | { readonly kind: 'atom'; readonly source: string }
  | { readonly kind: 'sequence'; readonly parts: readonly PatternNode[] }
  | { readonly kind: 'choice'; readonly branches: readonly PatternNode[] }
  | { readonly kind: 'repeat'; readonly body: PatternNode; readonly min: number; readonly max: number };

export interface ParsedPattern {
  readonly root: PatternNode;
  /** The insides of look-arounds. */
  readonly lookArounds: readonly PatternNode[];
}

/** Thrown for what cannot be judged: a back reference, or flags inside the pattern. */
export class UnjudgedPatternError extends Error {
  override readonly name = 'UnjudgedPatternError';
}
