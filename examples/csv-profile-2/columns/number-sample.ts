/** A summary of numbers in bounded memory. */
export interface NumberSummary {
  /** All numbers, or a uniform sample of them with the least and the greatest one, in ascending order. */
  readonly sorted: Float64Array;
  readonly isSampled: boolean;
  readonly mean: number;
  /** Of the sample (divisor n - 1); undefined for a single number, and if it is beyond the largest double. */
  readonly standardDeviation?: number | undefined;
}

/** Collects finite numbers. */
export interface NumberSample {
  add(value: number): void;
  /** Throws a `RangeError` if no number was added. */
  summarize(): NumberSummary;
}

/**
 * Collects numbers in bounded memory: all of them up to `capacity`, otherwise a uniform random sample of this size (Vitter's
 * algorithm R, https://doi.org/10.1145/3147.3165). With 100,000 numbers, the rank of an estimated quartile differs from its
 * exact rank by less than 0.5 % of the numbers (three standard errors). Mean and deviation use all numbers (Welford's method). The same numbers
 * in the same order always result in the same sample.
 */
export function numberSample(capacity: number): NumberSample {
  let kept = new Float64Array(Math.min(256, capacity));
  let [count, mean, squares] = [0, 0, 0];
  let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  const random = pseudoRandom();
  const keep = (value: number): void => {
    if (count > capacity) {
      const position = Math.floor(random() * count);
      if (position < capacity) kept[position] = value;
      return;
    }
    if (count > kept.length) kept = grown(kept, capacity);
    kept[count - 1] = value;
  };
  return {
    add(value) {
      count += 1;
      min = Math.min(min, value);
      max = Math.max(max, value);
      // Two divisions instead of one: the difference of two doubles can be beyond the largest one.
      const next = mean + (value / count - mean / count);
      squares += (value - mean) * (value - next);
      mean = next;
      keep(value);
    },
    summarize() {
      if (count === 0) throw new RangeError('no number was added');
      const sorted = kept.slice(0, Math.min(count, capacity)).sort();
      const isSampled = count > capacity;
      if (isSampled) [sorted[0], sorted[sorted.length - 1]] = [min, max];
      const deviation = Math.sqrt(squares / (count - 1));
      return {
        sorted,
        isSampled,
        mean,
        standardDeviation: Number.isFinite(deviation) ? deviation : undefined,
      };
    },
  };
}

function grown(values: Float64Array, capacity: number): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(Math.min(capacity, values.length * 2));
  larger.set(values);
  return larger;
}

/** Numbers from 0 to 1 of the generator mulberry32, always the same ones: an attempt that runs again must return the same result. */
function pseudoRandom(): () => number {
  let state = 0x9e3779b9;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
