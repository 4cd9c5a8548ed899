/** What a fault hook does to one thing on its way: lose it, hold it back, bring it twice or out of order. */
export type Fault =
  | { readonly kind: 'drop' }
  | { readonly kind: 'delay'; readonly delayMs: number }
  | { readonly kind: 'duplicate' }
  /** Lets the next one pass first; for a batch, turns its records around. */
  | { readonly kind: 'reorder' };

/** Asked once for each thing that passes; undefined lets it pass unharmed. */
export type FaultHook<T> = (subject: T) => Fault | undefined;

/** Shares of things harmed, each 0..1, their sum at most 1; and how long a delayed one is held. */
export interface FaultRates {
  readonly seed: number;
  readonly drop?: number;
  readonly delay?: number;
  readonly delayMs?: number;
  readonly duplicate?: number;
  readonly reorder?: number;
}

/** Random numbers 0 <= x < 1 that repeat for the same seed (mulberry32). */
function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A hook that harms by chance, the same way for the same seed and the same order of calls. */
export function seededFaults<T>(rates: FaultRates): FaultHook<T> {
  const random = seededRandom(rates.seed);
  const table: ReadonlyArray<readonly [number, Fault]> = [
    [rates.drop ?? 0, { kind: 'drop' }],
    [rates.delay ?? 0, { kind: 'delay', delayMs: rates.delayMs ?? 100 }],
    [rates.duplicate ?? 0, { kind: 'duplicate' }],
    [rates.reorder ?? 0, { kind: 'reorder' }],
  ];
  return () => {
    let drawn = random();
    for (const [share, fault] of table) {
      if (drawn < share) return fault;
      drawn -= share;
    }
    return undefined;
  };
}
