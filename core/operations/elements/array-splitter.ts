import type { ByteRange } from '../../ports/operations/content-reader.ts';
import { type ElementSplitter, isWhiteSpace, MalformedElementsError } from './element-splitter.ts';

const [quote, backslash, comma] = [0x22, 0x5c, 0x2c];
const [openBracket, closeBracket, openBrace, closeBrace] = [0x5b, 0x5d, 0x7b, 0x7d];

/** In UTF-8; a parser may ignore it at the start (RFC 8259, 8.1). */
const byteOrderMark = [0xef, 0xbb, 0xbf];

/**
 * What the next byte belongs to, apart from white space: the start of the array, its first element or its end, an element, what
 * follows an element, an element after a comma, or nothing.
 */
type Expected = 'array' | 'first' | 'element' | 'separator' | 'next' | 'nothing';

interface State {
  expected: Expected;
  /** Position of the current element. */
  start: number;
  depth: number;
  isInString: boolean;
  isEscaped: boolean;
}

/** Splits a JSON array. Whether an element is valid JSON is left to its parser, except for its brackets and its quotes. */
export function arraySplitter(position: number): ElementSplitter {
  let offset = position;
  const state: State = {
    expected: position === 0 ? 'array' : 'separator',
    start: 0,
    depth: 0,
    isInString: false,
    isEscaped: false,
  };
  return {
    push(bytes) {
      const found: ByteRange[] = [];
      for (let index = 0; index < bytes.length; index += 1) {
        const end = endOf(state, bytes[index] ?? 0, offset + index);
        if (end !== undefined) found.push({ start: state.start, end });
      }
      offset += bytes.length;
      return found;
    },
    finish() {
      if (state.expected !== 'nothing')
        throw new MalformedElementsError(
          state.expected === 'array' ? 'is not a JSON array' : 'ends before the JSON array ends',
        );
      return [];
    },
  };
}

/** The end of the current element if this byte shows it. */
function endOf(state: State, byte: number, at: number): number | undefined {
  if (state.expected === 'element') return endOfElement(state, byte, at);
  if (isWhiteSpace(byte)) return undefined;
  switch (state.expected) {
    case 'array':
      if (at < byteOrderMark.length && byte === byteOrderMark[at]) return undefined;
      if (byte !== openBracket) throw new MalformedElementsError('is not a JSON array');
      state.expected = 'first';
      return undefined;
    case 'separator':
      readSeparator(state, byte, at);
      return undefined;
    case 'first':
      if (byte === closeBracket) {
        state.expected = 'nothing';
        return undefined;
      }
      return startElement(state, byte, at);
    case 'next':
      return startElement(state, byte, at);
    case 'nothing':
      throw unexpected(at, 'the end of the content');
  }
}

function readSeparator(state: State, byte: number, at: number): void {
  if (byte === comma) state.expected = 'next';
  else if (byte === closeBracket) state.expected = 'nothing';
  else throw unexpected(at, 'a comma or the end of the array');
}

function startElement(state: State, byte: number, at: number): undefined {
  if (byte === comma || byte === closeBracket || byte === closeBrace) throw unexpected(at, 'an element');
  state.expected = 'element';
  state.start = at;
  endOfElement(state, byte, at);
}

function endOfElement(state: State, byte: number, at: number): number | undefined {
  if (state.isInString) return endOfText(state, byte, at);
  if (byte === quote) state.isInString = true;
  else if (byte === openBracket || byte === openBrace) state.depth += 1;
  else if (state.depth === 0) return endOfScalar(state, byte, at);
  else if (byte === closeBracket || byte === closeBrace) {
    state.depth -= 1;
    if (state.depth === 0) return end(state, at + 1);
  }
  return undefined;
}

function endOfText(state: State, byte: number, at: number): number | undefined {
  if (state.isEscaped) state.isEscaped = false;
  else if (byte === backslash) state.isEscaped = true;
  else if (byte === quote) {
    state.isInString = false;
    if (state.depth === 0) return end(state, at + 1);
  }
  return undefined;
}

/** A number, `true`, `false` or `null` ends before the byte that follows it. */
function endOfScalar(state: State, byte: number, at: number): number | undefined {
  if (isWhiteSpace(byte)) return end(state, at);
  if (byte !== comma && byte !== closeBracket && byte !== closeBrace) return undefined;
  const ended = end(state, at);
  readSeparator(state, byte, at);
  return ended;
}

function end(state: State, at: number): number {
  state.expected = 'separator';
  return at;
}

function unexpected(at: number, expected: string): MalformedElementsError {
  return new MalformedElementsError(`has an unexpected byte at position ${at}: expected ${expected}`);
}
