/**
 * A regular expression as the ambiguity check needs it, without captures and without the order of
 * alternatives.
 */
export type PatternNode =
  /** Matches no character: an anchor, or a look-around, whose content is checked separately. */
  | { readonly kind: 'empty' }
  /** One character of a set; `source` is the source text of the set. */
  | { readonly kind: 'atom'; readonly source: string }
  | { readonly kind: 'sequence'; readonly parts: readonly PatternNode[] }
  | { readonly kind: 'choice'; readonly branches: readonly PatternNode[] }
  | { readonly kind: 'repeat'; readonly body: PatternNode; readonly min: number; readonly max: number };

export interface ParsedPattern {
  readonly root: PatternNode;
  /** The contents of look-arounds. */
  readonly lookArounds: readonly PatternNode[];
}

/**
 * Thrown for a pattern that cannot be checked, for example because of a back reference or of flags inside it.
 */
export class UncheckablePatternError extends Error {
  override readonly name = 'UnjudgedPatternError';
}
