import { type ParsedPattern, type PatternNode, UncheckablePatternError } from './pattern-node.ts';

interface Reader {
  readonly text: string;
  offset: number;
  readonly lookArounds: PatternNode[];
}

/** Matches the source of an atom: a class, an escape (a surrogate pair is one), or the character itself. */
const singleCharacter = new RegExp(
  [
    String.raw`\[(?:\\.|[^\]\\])*\]`,
    String.raw`\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}`,
    String.raw`\\u\{[0-9a-fA-F]+\}|\\u[0-9a-fA-F]{4}|\\x[0-9a-fA-F]{2}|\\c[a-zA-Z]|\\[pP]\{[^}]*\}`,
    String.raw`\\.|.`,
  ].join('|'),
  'suy',
);

const empty: PatternNode = { kind: 'empty' };

/**
 * Parses a pattern that `new RegExp(text, 'u')` has accepted (ECMA-262, 22.2.1). Throws
 * `UncheckablePatternError` for a back reference or for flags inside the pattern.
 */
export function parsePattern(text: string): ParsedPattern {
  const reader: Reader = { text, offset: 0, lookArounds: [] };
  const root = parseChoice(reader);
  return { root, lookArounds: reader.lookArounds };
}

function parseChoice(reader: Reader): PatternNode {
  const branches = [parseSequence(reader)];
  while (reader.text[reader.offset] === '|') {
    reader.offset += 1;
    branches.push(parseSequence(reader));
  }
  return { kind: 'choice', branches };
}

function parseSequence(reader: Reader): PatternNode {
  const parts: PatternNode[] = [];
  while (reader.offset < reader.text.length && !'|)'.includes(reader.text[reader.offset] ?? '')) {
    parts.push(parseQuantified(reader));
  }
  return { kind: 'sequence', parts };
}

function parseQuantified(reader: Reader): PatternNode {
  const body = parseTerm(reader);
  const quantifier = take(reader, /(?:[*+?]|\{(\d+)(?:(,)(\d*))?\})\??/y);
  if (quantifier === undefined) return body;
  const [text, least, comma, most] = quantifier;
  if (least === undefined) {
    return { kind: 'repeat', body, min: text[0] === '+' ? 1 : 0, max: text[0] === '?' ? 1 : Infinity };
  }
  const min = Number(least);
  return {
    kind: 'repeat',
    body,
    min,
    max: comma === undefined ? min : most === '' ? Infinity : Number(most),
  };
}

function parseTerm(reader: Reader): PatternNode {
  if (reader.text[reader.offset] === '(') return parseGroup(reader);
  if (take(reader, /[\^$]|\\[bB]/y) !== undefined) return empty;
  if (take(reader, /\\(?:[1-9]\d*|k<[^>]*>)/y) !== undefined) {
    throw new UncheckablePatternError('must not contain a back reference');
  }
  const atom = take(reader, singleCharacter);
  if (atom === undefined) throw new UncheckablePatternError(`cannot be parsed at offset ${reader.offset}`);
  return { kind: 'atom', source: atom[0] };
}

function parseGroup(reader: Reader): PatternNode {
  const opening = take(reader, /\((?:\?(?::|<?[=!]|<[^>]*>))?/y)?.[0] ?? '(';
  if (opening === '(' && reader.text[reader.offset] === '?') {
    throw new UncheckablePatternError('must not contain flags such as (?i:...)');
  }
  const inside = parseChoice(reader);
  reader.offset += 1;
  if (!/[=!]$/.test(opening) || /^\(\?<[^=!]/.test(opening)) return inside;
  reader.lookArounds.push(inside);
  return empty;
}

function take(reader: Reader, sticky: RegExp): RegExpExecArray | undefined {
  sticky.lastIndex = reader.offset;
  const match = sticky.exec(reader.text);
  if (match === null) return undefined;
  reader.offset += match[0].length;
  return match;
}
