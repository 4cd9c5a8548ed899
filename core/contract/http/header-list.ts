const token = "[!#$%&'*+.^_`|~\\w-]+";
const quotedString = String.raw`"(?:[^"\\]|\\.)*"`;
const word = `(?:${token}|${quotedString})`;
const pair = String.raw`${token}[\t ]*=[\t ]*(?:${word})?`;

/** Form of a list's element that is a token, as the source of a regular expression. */
export const tokenForm = token;

/** An entity tag; it has no escapes, unlike a quoted string (RFC 9110, 8.8.3). */
export const entityTagForm = String.raw`(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"`;

/** A token, a media type, or a token with a value, and parameters: `a/b;q=1`, `wait=5;x="y"` (RFC 9110, 5.6.6; RFC 7240, 2). */
export const parameterizedForm = String.raw`(?:${pair}|${token}(?:\/${token})?)(?:[\t ]*;(?:[\t ]*(?:${pair}|${token}))?)*`;

const separators = /[\t ,]*/y;
/** What stands up to the next comma; a quoted string may hold commas, and one that is left open takes all the rest. */
const broken = /(?:[^,"]|"(?:[^"\\]|\\.)*(?:"|\\?$))+/sy;

/**
 * The elements of a list header (RFC 9110, 5.6.1) without the white space around them; empty elements are left out, and
 * one that does not have the form is undefined. Never throws; takes time in proportion to the header's length.
 */
export function readList(text: string, form: string): readonly (string | undefined)[] {
  const element = new RegExp(`(${form})[\\t ]*(?:,|$)`, 'y');
  const elements: (string | undefined)[] = [];
  let at = skip(separators, text, 0);
  while (at < text.length) {
    element.lastIndex = at;
    const found = element.exec(text);
    elements.push(found?.[1]);
    at = skip(
      separators,
      text,
      found === null ? Math.max(skip(broken, text, at), at + 1) : element.lastIndex,
    );
  }
  return elements;
}

/** An element of the form `parameterizedForm`: its name in lower case, its value, and its parameters by lower-case name. */
export interface Parameterized {
  readonly name: string;
  /** Unquoted; empty when there is none. */
  readonly value: string;
  /** Unquoted; of a repeated one the first. */
  readonly parameters: ReadonlyMap<string, string>;
}

const member = new RegExp(String.raw`[\t ;]*(${token}(?:\/${token})?)(?:[\t ]*=[\t ]*(${word})?)?`, 'y');

/** Takes an element of the form `parameterizedForm` apart. */
export function readParameterized(element: string): Parameterized {
  const pairs: (readonly [string, string])[] = [];
  member.lastIndex = 0;
  for (let found = member.exec(element); found !== null; found = member.exec(element))
    pairs.push([(found[1] ?? '').toLowerCase(), unquoted(found[2] ?? '')]);
  const [[name, value] = ['', ''], ...parameters] = pairs;
  return { name, value, parameters: new Map(parameters.reverse()) };
}

function unquoted(text: string): string {
  return text.startsWith('"') ? text.slice(1, -1).replaceAll(/\\(.)/g, '$1') : text;
}

/** Where the match at a position ends; the position itself without one. */
function skip(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : at;
}
