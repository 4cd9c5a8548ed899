/**
 * Whether an `If-Match` allows to change what has this strong tag: there is none, it is `*`, or it is a list with the
 * tag. Weak tags never match, and a header that cannot be read matches nothing (RFC 9110, 13.1.1 and 8.8.3.2).
 */
export function meets(ifMatch: string | undefined, etag: string): boolean {
  if (ifMatch === undefined || ifMatch.trim() === '*') return true;
  // Our tags hold no comma, so one that is cut at a comma is none of ours.
  return ifMatch.split(',').some((tag) => tag.trim() === etag);
}
