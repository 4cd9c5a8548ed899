import { seededRandom } from '../seeded-random.ts';

/** A fault that a hook injects into a delivery. */
export type Fault =
  | { readonly kind: 'drop' }
  | { readonly kind: 'delay'; readonly delayMs: number }
  | { readonly kind: 'duplicate' }
  /** Delivers the next subject first; for a batch, reverses its records. */
  | { readonly kind: 'reorder' };

/** Called once for each subject; undefined injects no fault. */
export type FaultHook<T> = (subject: T) => Fault | undefined;

/** Probability of each fault, 0..1, with a sum of at most 1; and the duration of a delay. */
export interface FaultRates {
  readonly seed: number;
  readonly drop?: number;
  readonly delay?: number;
  readonly delayMs?: number;
  readonly duplicate?: number;
  readonly reorder?: number;
}

/**
 * Creates a hook that injects random faults. The same seed and the same order of calls result in the same
 * faults.
 */
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
