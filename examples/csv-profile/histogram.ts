/** `counts[i]` values lie in `edges[i]` (inclusive) to `edges[i + 1]` (exclusive; the last bin includes its end). */
export type Histogram = { readonly edges: readonly number[]; readonly counts: readonly number[] };

const bins = 12;

/**
 * Histogram of at least one number in ascending order: 12 equal bins from the least to the greatest value, so 13 edges
 * that strictly increase. When the values are equal or too close for that, the edges span 0.5 to each side of their
 * middle (or 2^-40 of its size, if that is more).
 */
export function histogramOf(sorted: Float64Array): Histogram {
  const min = sorted[0];
  const max = sorted[sorted.length - 1];
  if (min === undefined || max === undefined) throw new RangeError('histogramOf needs at least one value');
  const edges = edgesOf(min, max);
  const counts = Array.from({ length: bins }, () => 0);
  let bin = 0;
  for (const value of sorted) {
    while (bin < bins - 1 && value >= (edges[bin + 1] ?? max)) bin += 1;
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return { edges, counts };
}

function edgesOf(min: number, max: number): number[] {
  const exact = spread(min, max);
  if (!isStrictlyIncreasing(exact)) return edgesAround(min / 2 + max / 2);
  return tidy(exact);
}

function edgesAround(middle: number): number[] {
  const half = Math.max(0.5, Math.abs(middle) * 2 ** -40);
  return spread(Math.max(middle - half, -Number.MAX_VALUE), Math.min(middle + half, Number.MAX_VALUE));
}

function spread(min: number, max: number): number[] {
  const inner = Array.from({ length: bins - 1 }, (_, index) => {
    const share = (index + 1) / bins;
    const range = max - min;
    return Number.isFinite(range) ? min + range * share : min * (1 - share) + max * share;
  });
  return [min, ...inner, max];
}

/**
 * Rounds the inner edges to 15 significant digits of the largest. Values written in decimals often lie on an edge
 * (0.3 in 0 to 1.2); without rounding the last bit of the arithmetic would choose their bin.
 */
function tidy(edges: number[]): number[] {
  const min = edges[0] ?? 0;
  const max = edges[bins] ?? 0;
  const decimals = 14 - Math.floor(Math.log10(Math.max(Math.abs(min), Math.abs(max))));
  const fineEnough = (max - min) / bins > 1e6 * 10 ** -decimals;
  if (!fineEnough || decimals < 0 || decimals > 100) return edges;
  return [min, ...edges.slice(1, -1).map((edge) => Number(edge.toFixed(decimals)) + 0), max];
}

function isStrictlyIncreasing(edges: readonly number[]): boolean {
  return edges.every((edge, index) => index === 0 || edge > (edges[index - 1] ?? edge));
}
