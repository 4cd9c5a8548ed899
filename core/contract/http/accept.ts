import { parameterizedPattern, parseList, parseParameterized } from './header-list.ts';

/** How an `Accept` header rates a media type. */
interface Rating {
  /** 0 to 1; 0 means that the type is not acceptable. */
  readonly quality: number;
  /** 2: an exact match, 1: a match by `type/*`, 0: a match by `*` + `/*`, -1: no match. */
  readonly specificity: number;
}

/**
 * Whether an `Accept` header prefers `type` to `other`: by quality, and at equal quality by specificity
 * (RFC 9110, 12.5.1). False without a header, and when the header accepts neither type. Malformed ranges are
 * ignored.
 */
export function prefers(accept: string | undefined, type: string, other: string): boolean {
  const ranges = parseRanges(accept ?? '');
  const rating = rate(ranges, type);
  const otherRating = rate(ranges, other);
  if (rating.quality !== otherRating.quality) return rating.quality > otherRating.quality;
  return rating.quality > 0 && rating.specificity >= otherRating.specificity && rating.specificity === 2;
}

type Range = { readonly name: string; readonly quality: number };

function parseRanges(accept: string): readonly Range[] {
  return parseList(accept, parameterizedPattern).flatMap((element) => {
    if (element === undefined) return [];
    const { name, parameters } = parseParameterized(element);
    const quality = parseQuality(parameters.get('q'));
    return quality === undefined ? [] : [{ name, quality }];
  });
}

/** Parses a weight (RFC 9110, 12.4.2); undefined when it is malformed. */
function parseQuality(text: string | undefined): number | undefined {
  if (text === undefined) return 1;
  return /^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/.test(text) ? Number(text) : undefined;
}

/** The most specific range determines the quality, even if a less specific range has a higher one. */
function rate(ranges: readonly Range[], mediaType: string): Rating {
  const names = ['*/*', `${mediaType.split('/')[0]}/*`, mediaType];
  for (let specificity = 2; specificity >= 0; specificity -= 1) {
    const matching = ranges.filter(({ name }) => name === names[specificity]);
    if (matching.length > 0)
      return { specificity, quality: Math.max(...matching.map(({ quality }) => quality)) };
  }
  return { quality: 0, specificity: -1 };
}
