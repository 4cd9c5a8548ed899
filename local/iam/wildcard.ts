/**
 * Matches as IAM does: `*` is any sequence of characters, including none and including `:` and `/`; `?` is
 * exactly one. The time is at most proportional to the product of the lengths.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
 */
export function wildcardMatch(pattern: string, text: string): boolean {
  let at = 0;
  let textAt = 0;
  let starAt = -1;
  let retryAt = 0;
  while (textAt < text.length) {
    if (pattern[at] === '*') {
      starAt = at++;
      retryAt = textAt;
    } else if (pattern[at] === '?' || (at < pattern.length && pattern[at] === text[textAt])) {
      at++;
      textAt++;
    } else if (starAt >= 0) {
      at = starAt + 1;
      textAt = ++retryAt;
    } else {
      return false;
    }
  }
  while (pattern[at] === '*') at++;
  return at === pattern.length;
}
