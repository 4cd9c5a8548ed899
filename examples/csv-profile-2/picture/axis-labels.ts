const plain = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 15 });
const compact = new Intl.NumberFormat('en-US', { notation: 'compact', maximumSignificantDigits: 4 });

/** A number in few characters, such as `12,000`, `1.25M` and `3e−9`. */
export function numberLabel(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e15)) return withSign(exponential(value));
  const short = compact.format(value);
  // The values of two ticks may differ only in their last digits.
  const isExact =
    size >= 1e6 && Number(short.replace(/[KMBT]$/, '')) === Number((value / unitOf(short)).toPrecision(15));
  return withSign(isExact ? short : plain.format(value));
}

/** Three significant digits without trailing zeros. */
function exponential(value: number): string {
  return value.toExponential(2).replace(/\.?0*e\+?/, 'e');
}

function unitOf(label: string): number {
  return { K: 1e3, M: 1e6, B: 1e9, T: 1e12 }[label.at(-1) ?? ''] ?? 1;
}

function withSign(label: string): string {
  return label.replaceAll('-', '−');
}

/** A count: in full up to six digits, otherwise with three significant digits, such as `12.5M`. */
export function countLabel(count: number): string {
  if (count < 1_000_000) return plain.format(count);
  return new Intl.NumberFormat('en-US', { notation: 'compact', maximumSignificantDigits: 3 }).format(count);
}

/** A number of rows with its unit. */
export function rowsLabel(count: number): string {
  return `${countLabel(count)} ${count === 1 ? 'row' : 'rows'}`;
}

/** Labels of times in UTC in the form of ISO 8601, only as long as these times need. */
export function timeLabels(times: readonly Date[]): readonly string[] {
  const texts = times.map((time) => time.toISOString().slice(0, 19));
  if (texts.every((text) => text.endsWith('-01-01T00:00:00'))) return texts.map((text) => text.slice(0, -15));
  if (texts.every((text) => text.endsWith('-01T00:00:00'))) return texts.map((text) => text.slice(0, -12));
  if (texts.every((text) => text.endsWith('T00:00:00'))) return texts.map((text) => text.slice(0, -9));
  const hasSeconds = texts.some((text) => !text.endsWith(':00'));
  return texts.map((text) => text.slice(-14, hasSeconds ? undefined : -3).replace('T', ' '));
}
