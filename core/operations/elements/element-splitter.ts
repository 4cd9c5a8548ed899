import type { ByteRange } from '../../ports/operations/content-reader.ts';

/** Content that is not a list of elements. The message continues the sentence "The content ...". */
export class MalformedElementsError extends Error {
  override readonly name = 'MalformedElementsError';
}

/** Finds the elements of a list in its bytes, without parsing them and without keeping them. */
export interface ElementSplitter {
  /** The elements that end in these bytes, which follow the previous ones. Throws `MalformedElementsError`. */
  push(bytes: Uint8Array): readonly ByteRange[];
  /** The elements that the end of the content completes. Throws `MalformedElementsError`. */
  finish(): readonly ByteRange[];
}

/** Whether a byte is white space in JSON (RFC 8259, 2). */
export function isWhiteSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}
