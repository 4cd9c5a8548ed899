import { parameterizedForm, readList, readParameterized } from './header-list.ts';

/** How a range of an `Accept` header rates a media type. */
interface Rating {
  /** 0 to 1; 0 refuses the type. */
  readonly quality: number;
  /** 2: the type is named itself, 1: by `type/*`, 0: by `*` + `/*`; -1: by nothing. */
  readonly specificity: number;
}

/**
 * Whether an `Accept` header prefers one media type to another: by its quality, and where both have the same one, by how
 * precisely it is named (RFC 9110, 12.5.1). Without a header, or with one that refuses both, it does not. Ranges that
 * cannot be read are ignored.
 */
export function prefers(accept: string | undefined, type: string, other: string): boolean {
  const ranges = readRanges(accept ?? '');
  const [one, two] = [rate(ranges, type), rate(ranges, other)];
  if (one.quality !== two.quality) return one.quality > two.quality;
  return one.quality > 0 && one.specificity >= two.specificity && one.specificity === 2;
}

type Range = { readonly name: string; readonly quality: number };

function readRanges(accept: string): readonly Range[] {
  return readList(accept, parameterizedForm).flatMap((element) => {
    if (element === undefined) return [];
    const { name, parameters } = readParameterized(element);
    const quality = readQuality(parameters.get('q'));
    return quality === undefined ? [] : [{ name, quality }];
  });
}

/** RFC 9110, 12.4.2; undefined for what is no weight. */
function readQuality(text: string | undefined): number | undefined {
  if (text === undefined) return 1;
  return /^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/.test(text) ? Number(text) : undefined;
}

/** The most specific range counts, whatever its quality. */
function rate(ranges: readonly Range[], mediaType: string): Rating {
  const names = ['*/*', `${mediaType.split('/')[0]}/*`, mediaType];
  for (let specificity = 2; specificity >= 0; specificity -= 1) {
    const named = ranges.filter(({ name }) => name === names[specificity]);
    if (named.length > 0) return { specificity, quality: Math.max(...named.map(({ quality }) => quality)) };
  }
  return { quality: 0, specificity: -1 };
}
