/**
 * A buffered Lambda response has at most 6,291,556 bytes. It contains the HTTP body as a JSON string, in
 * which each quote is escaped once more. A larger response always fails, however often it is requested.
 * https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
const maxResponseBytes = 6_000_000;

/** Reserved for the members that every entry has: IDs, times and links. */
const fixedBytes = 3000;

/** Whether a body fits in one response. */
export function fitsInResponse(body: unknown): boolean {
  return Buffer.byteLength(JSON.stringify(JSON.stringify(body))) <= maxResponseBytes;
}

/**
 * The number of entries that fit in one response; at least 1 if there are any.
 * @param entries of each entry the members without a small size limit
 */
export function countThatFit(entries: readonly unknown[]): number {
  let bytes = 0;
  const first = entries.findIndex((entry) => {
    bytes += fixedBytes + Buffer.byteLength(JSON.stringify(JSON.stringify(entry)));
    return bytes > maxResponseBytes;
  });
  return first === -1 ? entries.length : Math.max(first, 1);
}
