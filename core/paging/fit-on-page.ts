/**
 * What Lambda answers as a whole is at most 6,291,556 bytes, and an answer's body stands in it as a text, with each quote
 * escaped once more. A larger one is lost however often it is asked for.
 * https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
const maxAnswerBytes = 6_000_000;

/** Room for what every entry has: ids, times and links. */
const fixedBytes = 2500;

/** How many of these entries fit in one answer, of each the part that has no small bound; at least 1 if there are any. */
export function countThatFit(entries: readonly unknown[]): number {
  let bytes = 0;
  const first = entries.findIndex((entry) => {
    bytes += fixedBytes + Buffer.byteLength(JSON.stringify(JSON.stringify(entry)));
    return bytes > maxAnswerBytes;
  });
  return first === -1 ? entries.length : Math.max(first, 1);
}
