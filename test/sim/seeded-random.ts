/** Random numbers that a seed repeats exactly. */
export interface SeededRandom {
  /** Evenly from 0 (inclusive) to 1 (exclusive). */
  fraction(): number;
  /** An integer from `low` to `high`, both included. */
  whole(low: number, high: number): number;
  /** True with the given probability. */
  happens(probability: number): boolean;
}

/** Marsaglia's xorshift with 32 bits (www.jstatsoft.org/article/view/v008i14): good enough to select the next step. */
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
