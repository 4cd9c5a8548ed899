/** Characters of the scripts and classes that patterns usually name, beside those that a pattern names itself. */
const usualSample =
  'ßéΑαωЖжяאשءيअกあアー漢字가힣ａＡ０٣५Ⅳªʰǅ\u0301\u00a0\u200b\u200d\u2028\u3000\ufeff“€∑→★😀𝒜\u{10ffff}\ue000';

/**
 * Tells which atoms of a pattern can read the same character. The engine itself is asked, for every character below
 * U+0250, for those in or next to a range of the pattern, and for a sample of other scripts.
 */
export function overlaps(
  atoms: readonly string[],
  pattern: string,
): (left: number, right: number) => boolean {
  const sample = sampleCharacters(pattern);
  const sets = new Map<string, ReadonlySet<string>>();
  for (const source of new Set(atoms)) {
    const matcher = new RegExp(`^(?:${source})$`, 'u');
    sets.set(source, new Set(sample.filter((character) => matcher.test(character))));
  }
  const answers = new Map<string, boolean>();
  return (left, right) => {
    const [first = '', second = ''] = [atoms[left], atoms[right]];
    const key = `${first}\n${second}`;
    const known = answers.get(key);
    if (known !== undefined) return known;
    const answer = intersect(sets.get(first), sets.get(second));
    answers.set(key, answer);
    return answer;
  };
}

function intersect(left: ReadonlySet<string> = new Set(), right: ReadonlySet<string> = new Set()): boolean {
  return !left.isDisjointFrom(right);
}

function sampleCharacters(pattern: string): readonly string[] {
  const points = new Set<number>();
  for (let point = 0; point < 0x250; point += 1) points.add(point);
  for (const point of namedPoints(pattern)) {
    for (const near of [point - 1, point, point + 1]) if (near >= 0 && near <= 0x10ffff) points.add(near);
  }
  for (const character of usualSample) points.add(character.codePointAt(0) ?? 0);
  return [...points].map((point) => String.fromCodePoint(point));
}

/** Every character that the pattern holds, plain or as `\u{...}`, `\uXXXX`. */
function namedPoints(pattern: string): readonly number[] {
  const plain = [...pattern].map((character) => character.codePointAt(0) ?? 0);
  const escaped = [...pattern.matchAll(/\\u(?:\{([0-9a-fA-F]+)\}|([0-9a-fA-F]{4}))/g)];
  return [...plain, ...escaped.map((match) => Number.parseInt(match[1] ?? match[2] ?? '0', 16))];
}
