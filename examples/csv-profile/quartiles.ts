/** First quartile, median, third quartile. */
export type Quartiles = readonly [q1: number, q2: number, q3: number];

/**
 * Quartiles of at least one number in ascending order by linear interpolation between the closest ranks: Hyndman and
 * Fan's type 7, the default of R and NumPy, Python's `statistics.quantiles(..., method='inclusive')`.
 */
export function quartilesOf(sorted: Float64Array): Quartiles {
  return [quantile(sorted, 0.25), quantile(sorted, 0.5), quantile(sorted, 0.75)];
}

function quantile(sorted: Float64Array, share: number): number {
  const rank = (sorted.length - 1) * share;
  const below = at(sorted, Math.floor(rank));
  const above = at(sorted, Math.ceil(rank));
  const weight = rank - Math.floor(rank);
  // Two products instead of below + weight * (above - below), which could overflow; their rounding must not leave the range.
  const between = below * (1 - weight) + above * weight;
  return Math.min(above, Math.max(below, between));
}

function at(sorted: Float64Array, index: number): number {
  const value = sorted[index];
  if (value === undefined) throw new RangeError('quartilesOf needs at least one value');
  return value;
}
