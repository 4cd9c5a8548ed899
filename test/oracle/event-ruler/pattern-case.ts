/** A pattern and events as JSON; a text and not a value, because 1 and 1.0 are different texts. */
export interface PatternCase {
  /** What the pattern is about. */
  readonly group: string;
  readonly pattern: string;
  readonly events: readonly string[];
}
