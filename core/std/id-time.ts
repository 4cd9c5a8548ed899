/** The time in a UUIDv7, in epoch milliseconds (RFC 9562, 5.7). */
export function timeInId(id: string): number {
  return Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
}

/** The timestamp of a UUIDv7 has 48 bits. */
const maxTimestampMs = 2 ** 48 - 1;

/** A text that sorts after every id created before this millisecond and before all other ids. */
export function idBound(timeMs: number): string {
  if (timeMs > maxTimestampMs) return 'g';
  const digits = Math.max(Math.ceil(timeMs), 0).toString(16).padStart(12, '0');
  return `${digits.slice(0, 8)}-${digits.slice(8)}`;
}
