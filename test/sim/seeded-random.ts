/** Chance that a seed repeats exactly. */
export interface SeededRandom {
  /** Evenly from 0 (inclusive) to 1 (exclusive). */
  fraction(): number;
  /** A whole number from `low` to `high`, both included. */
  whole(low: number, high: number): number;
  /** True as often as the probability says. */
  happens(probability: number): boolean;
}

/** Marsaglia's xorshift with 32 bits (www.jstatsoft.org/article/view/v008i14): good enough to pick what comes next. */
export function seededRandom(seed: number): SeededRandom {
  let state = Math.imul(seed + 1, 0x9e3779b1) | 1;
  const fraction = () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
  return {
    fraction,
    whole: (low, high) => low + Math.floor(fraction() * (high - low + 1)),
    happens: (probability) => fraction() < probability,
  };
}
