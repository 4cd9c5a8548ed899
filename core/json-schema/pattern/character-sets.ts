import { type StepBudget, spend } from './step-budget.ts';

/**
 * Characters of the scripts and classes that patterns commonly use, in addition to those that a pattern
 * contains.
 */
const commonSample =
  'ßéΑαωЖжяאשءيअกあアー漢字가힣ａＡ０٣५Ⅳªʰǅ\u0301\u00a0\u200b\u200d\u2028\u3000\ufeff“€∑→★😀𝒜\u{10ffff}\ue000';

/** The cost of testing one character against one atom, in steps. */
const stepsOfTest = 8;

/** The characters of the sample that an atom matches, one bit per character. */
type Bits = Uint32Array;

/**
 * Returns a function that decides whether two atoms of a pattern can match the same character. The regular
 * expression engine tests every character below U+0250, the characters in the pattern and their neighbors,
 * and a sample of other scripts. Throws `StepBudgetError`.
 */
export function overlaps(
  { atoms, pattern }: { readonly atoms: readonly string[]; readonly pattern: string },
  budget: StepBudget,
): (left: number, right: number) => boolean {
  const sources = [...new Set(atoms)];
  const sample = sampleCharacters(pattern);
  spend(budget, sources.length * sample.length * stepsOfTest);
  const sets = sources.map((source) => charactersOf(source, sample));
  const numbers = new Map(sources.map((source, number) => [source, number] as const));
  const kinds = atoms.map((source) => numbers.get(source) ?? 0);
  const cache = new Map<number, boolean>();
  return (left, right) => {
    const [first = 0, second = 0] = [kinds[left], kinds[right]];
    const key = first * sources.length + second;
    const known = cache.get(key);
    if (known !== undefined) return known;
    spend(budget, sample.length / 32);
    const isOverlap = intersect(sets[first], sets[second]);
    cache.set(key, isOverlap);
    return isOverlap;
  };
}

function charactersOf(source: string, sample: readonly string[]): Bits {
  const matcher = new RegExp(`^(?:${source})$`, 'u');
  const bits = new Uint32Array(Math.ceil(sample.length / 32));
  for (const [index, character] of sample.entries()) {
    if (!matcher.test(character)) continue;
    const word = index >> 5;
    bits[word] = (bits[word] ?? 0) | (1 << (index & 31));
  }
  return bits;
}

function intersect(left: Bits = new Uint32Array(), right: Bits = new Uint32Array()): boolean {
  return left.some((word, index) => (word & (right[index] ?? 0)) !== 0);
}

function sampleCharacters(pattern: string): readonly string[] {
  const points = new Set<number>();
  for (let point = 0; point < 0x250; point += 1) points.add(point);
  for (const point of namedPoints(pattern)) {
    for (const near of [point - 1, point, point + 1]) if (near >= 0 && near <= 0x10ffff) points.add(near);
  }
  for (const character of commonSample) points.add(character.codePointAt(0) ?? 0);
  return [...points].map((point) => String.fromCodePoint(point));
}

/** Returns every character that the pattern contains, literally or as `\u{...}` or `\uXXXX`. */
function namedPoints(pattern: string): readonly number[] {
  const plain = [...pattern].map((character) => character.codePointAt(0) ?? 0);
  const escaped = [...pattern.matchAll(/\\u(?:\{([0-9a-fA-F]+)\}|([0-9a-fA-F]{4}))/g)];
  return [...plain, ...escaped.map((match) => Number.parseInt(match[1] ?? match[2] ?? '0', 16))];
}
