/** Width of characters in a sans-serif font, as a share of the font size. Generous, because the viewer chooses the font. */
const widths: ReadonlyArray<readonly [RegExp, number]> = [
  [
    /^[\p{Extended_Pictographic}\p{Regional_Indicator}\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}]/u,
    1.3,
  ],
  [/^[iljftI.,:;'|!()[\]\s-]/u, 0.36],
  [/^[mwMW@%]/u, 0.95],
  [/^[A-Z_&#]/u, 0.73],
];

/** A grapheme of more code units, such as a stack of accents, is not shown. */
const maxGraphemeLength = 16;

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Estimates the width of text in pixels. */
export function widthOf(text: string, fontSize: number): number {
  return sumOf(graphemesOf(text)) * fontSize;
}

function widthOfGrapheme(grapheme: string): number {
  return widths.find(([characters]) => characters.test(grapheme))?.[1] ?? 0.62;
}

/**
 * Shortens text to a width in pixels, between two graphemes; an ellipsis replaces what is cut off at the end, or with `keepsEnd`
 * in the middle. Control characters, which XML does not allow, and line breaks become visible characters or spaces.
 */
export function fitText(text: string, fontSize: number, { maxWidth, keepsEnd = false }: FitOptions): string {
  // No more is needed, whatever the length of the text.
  const start = graphemesOf(text.slice(0, maxLength));
  const available = maxWidth / fontSize;
  if (text.length <= maxLength && sumOf(start) <= available) return start.join('');
  const forStart = (available - widthOfGrapheme('…')) * (keepsEnd ? 0.5 : 1);
  const kept = longest(start, forStart);
  if (!keepsEnd) return `${kept.join('')}…`;
  const end = graphemesOf(text.slice(-maxLength)).toReversed();
  return `${kept.join('')}…${longest(end, forStart).toReversed().join('')}`;
}

/** How a text is shortened. */
export interface FitOptions {
  /** Pixels. */
  readonly maxWidth: number;
  /** The end of a text is shown like its start: texts often differ there. */
  readonly keepsEnd?: boolean;
}

const maxLength = 500;

function longest(parts: readonly string[], available: number): readonly string[] {
  let width = 0;
  const tooWide = parts.findIndex((part) => {
    width += widthOfGrapheme(part);
    return width > available;
  });
  return tooWide === -1 ? parts : parts.slice(0, tooWide);
}

function sumOf(parts: readonly string[]): number {
  return parts.reduce((total, part) => total + widthOfGrapheme(part), 0);
}

function graphemesOf(text: string): readonly string[] {
  const segments = [...graphemes.segment(printable(text))];
  return segments.map(({ segment }) => (segment.length > maxGraphemeLength ? '\uFFFD' : segment));
}

/** Replaces what XML 1.0 does not allow (https://www.w3.org/TR/xml/#charsets), and characters that reorder the text around them. */
function printable(text: string): string {
  return (
    text
      .toWellFormed()
      .replaceAll(/\s/gu, ' ')
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to replace
      .replaceAll(/[\u0000-\u001F\u007F-\u009F\uFFFE\uFFFF\u202A-\u202E\u2066-\u2069]/gu, '\uFFFD')
  );
}

/** Escapes text for the content of an element and for an attribute in double quotes. */
export function escapeXml(text: string): string {
  return printable(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
