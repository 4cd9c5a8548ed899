import { seededRandom } from '../seeded-random.ts';

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
