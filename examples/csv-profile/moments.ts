/** `standardDeviation` is the sample's (divisor n - 1): left out for one value, and when it is beyond a double. */
export type Moments = { readonly mean: number; readonly standardDeviation?: number };

/**
 * Mean and sample standard deviation of at least one finite number (no -0), in ascending order, in two passes. Values near the
 * ends of the double range are scaled by a power of two, so that neither sums nor squares overflow or vanish.
 */
export function momentsOf(sorted: Float64Array): Moments {
  const exponent = scaleExponent(sorted);
  const scaled = exponent === 0 ? sorted : sorted.map((value) => value * 2 ** -exponent);
  const scaledMean = meanOf(scaled);
  const mean = scaledMean * 2 ** exponent;
  if (sorted.length === 1) return { mean };
  const standardDeviation = deviationOf(scaled, scaledMean) * 2 ** exponent;
  return Number.isFinite(standardDeviation) ? { mean, standardDeviation } : { mean };
}

/** Kept within the range, so that the last bit of the division cannot move the mean of equal values off them. */
function meanOf(sorted: Float64Array): number {
  const mean = sumOf(sorted, (value) => value) / sorted.length;
  return Math.min(sorted.at(-1) ?? mean, Math.max(sorted[0] ?? mean, mean));
}

function deviationOf(values: Float64Array, mean: number): number {
  const squares = sumOf(values, (value) => (value - mean) ** 2);
  const remainder = sumOf(values, (value) => value - mean);
  // The remainder would be 0 without rounding; its square corrects the sum of squares.
  const corrected = Math.max(0, squares - remainder ** 2 / values.length);
  return Math.sqrt(corrected / (values.length - 1));
}

/** Neumaier's compensated sum: the error does not grow with the number of terms. */
function sumOf(values: Float64Array, term: (value: number) => number): number {
  let sum = 0;
  let compensation = 0;
  for (const value of values) {
    const next = term(value);
    const total = sum + next;
    compensation += Math.abs(sum) >= Math.abs(next) ? sum - total + next : next - total + sum;
    sum = total;
  }
  return sum + compensation;
}

function scaleExponent(sorted: Float64Array): number {
  const largest = Math.max(Math.abs(sorted[0] ?? 0), Math.abs(sorted.at(-1) ?? 0));
  if (largest === 0 || (largest > 2 ** -400 && largest < 2 ** 400)) return 0;
  // 1,000 at most, because 2 ** 1074 is no double; what is left after scaling is far from both ends.
  return Math.max(-1_000, Math.min(1_000, Math.floor(Math.log2(largest))));
}
