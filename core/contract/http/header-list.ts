const token = "[!#$%&'*+.^_`|~\\w-]+";
const quotedString = String.raw`"(?:[^"\\]|\\.)*"`;
const tokenOrString = `(?:${token}|${quotedString})`;
const pair = String.raw`${token}[\t ]*=[\t ]*(?:${tokenOrString})?`;

/** Source of a regular expression for a list element that is a token. */
export const tokenPattern = token;

/**
 * Source of a regular expression for an entity tag, which unlike a quoted string has no escapes (RFC 9110,
 * 8.8.3).
 */
export const entityTagPattern = String.raw`(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"`;

/**
 * Source of a regular expression for a list element with optional parameters: a token, a media type or a
 * token with a value, such as `a/b;q=1` or `wait=5;x="y"` (RFC 9110, 5.6.6; RFC 7240, 2).
 */
export const parameterizedPattern = String.raw`(?:${pair}|${token}(?:\/${token})?)(?:[\t ]*;(?:[\t ]*(?:${pair}|${token}))?)*`;

const separators = /[\t ,]*/y;
/**
 * A malformed element: it ends at the next comma outside a quoted string; an unterminated quoted string
 * extends to the end.
 */
const malformedElement = /(?:[^,"]|"(?:[^"\\]|\\.)*(?:"|\\?$))+/sy;

/**
 * Parses a list header (RFC 9110, 5.6.1) into its elements, without surrounding white space. Empty elements
 * are omitted; an element that does not match `pattern` is returned as undefined. Never throws; runs in time
 * linear in the header's length.
 */
export function parseList(text: string, pattern: string): readonly (string | undefined)[] {
  const element = new RegExp(`(${pattern})[\\t ]*(?:,|$)`, 'y');
  const elements: (string | undefined)[] = [];
  let at = skip(separators, text, 0);
  while (at < text.length) {
    element.lastIndex = at;
    const found = element.exec(text);
    elements.push(found?.[1]);
    at = skip(
      separators,
      text,
      found === null ? Math.max(skip(malformedElement, text, at), at + 1) : element.lastIndex,
    );
  }
  return elements;
}

/** A parsed element that matches `parameterizedPattern`; its name and parameter names are in lower case. */
export interface Parameterized {
  readonly name: string;
  /** Unquoted; empty when the element has no value. */
  readonly value: string;
  /** Unquoted values; for a repeated parameter the first value. */
  readonly parameters: ReadonlyMap<string, string>;
}

const member = new RegExp(
  String.raw`[\t ;]*(${token}(?:\/${token})?)(?:[\t ]*=[\t ]*(${tokenOrString})?)?`,
  'y',
);

/** Parses an element that matches `parameterizedPattern`. */
export function parseParameterized(element: string): Parameterized {
  const pairs: (readonly [string, string])[] = [];
  member.lastIndex = 0;
  for (let found = member.exec(element); found !== null; found = member.exec(element))
    pairs.push([(found[1] ?? '').toLowerCase(), unquote(found[2] ?? '')]);
  const [[name, value] = ['', ''], ...parameters] = pairs;
  return { name, value, parameters: new Map(parameters.reverse()) };
}

/** Returns the content of a quoted string, and any other text unchanged. */
function unquote(text: string): string {
  return text.startsWith('"') ? text.slice(1, -1).replaceAll(/\\(.)/g, '$1') : text;
}

/** The end of the match at a position; the position itself when nothing matches. */
function skip(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : at;
}
