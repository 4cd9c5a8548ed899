import type { ByteRange, ContentReader } from '../../ports/operations/content-reader.ts';
import type { ElementSource } from '../model/operation.ts';
import { splitElements } from './split-elements.ts';

/** Maximum size of an element, which is that of a request. */
export const maxElementBytes = 1_048_576;

/** The elements of one slice have at most this size together, except for a single one. */
const maxSliceBytes = 4_194_304;

const minReadBytes = 16_384;
const maxReadBytes = 1_048_576;

/** An element as it is stored; `bytes` is absent if it is too large. */
export interface Element {
  /** From 0. */
  readonly index: number;
  readonly bytes?: Uint8Array;
}

/** An element, and the position of its end. */
export interface FoundElement extends Element {
  readonly end: number;
}

export interface ElementsQuery {
  readonly key: string;
  readonly source: ElementSource;
  /** 0, or the end of an element. */
  readonly position: number;
  /** The number of the first element from there. */
  readonly index: number;
  /** Maximum number of elements. */
  readonly count: number;
  /** The expected size of the elements, in bytes. */
  readonly expectedBytes: number;
}

/**
 * Reads the next elements, at least one unless there is none. Returns undefined if the object does not exist. Keeps at most about
 * 6 MB.
 */
export async function readElements(
  { contentReader }: { readonly contentReader: ContentReader },
  { key, source, position, index, count, expectedBytes }: ElementsQuery,
): Promise<readonly FoundElement[] | undefined> {
  const { format, sizeBytes } = source;
  const splitter = splitElements(format, position);
  const kept = keptBytes(position);
  const readBytes = Math.ceil(Math.min(Math.max(expectedBytes, minReadBytes), maxReadBytes));
  const found: FoundElement[] = [];
  const add = (ranges: readonly ByteRange[]) => {
    // The bytes of elements after a dropped one are dropped too.
    for (const range of ranges.slice(0, kept.isDropped() ? 1 : count - found.length))
      found.push({ index: index + found.length, end: range.end, ...kept.bytesOf(range) });
  };
  for (let start = position; start < sizeBytes && found.length < count; start += readBytes) {
    const bytes = await contentReader.read(key, { start, end: Math.min(start + readBytes, sizeBytes) });
    if (bytes === undefined) return undefined;
    kept.add(bytes);
    add(splitter.push(bytes));
    if (found.length === 0) kept.limit();
    else if (kept.isDropped() || start - position >= maxSliceBytes) return found;
  }
  if (found.length < count) add(splitter.finish());
  return found;
}

/** The bytes from a position, of which only as many are kept as the largest element needs. */
function keptBytes(position: number) {
  let bytes = Buffer.alloc(0);
  let isDropped = false;
  return {
    add(more: Uint8Array) {
      bytes = isDropped ? bytes : Buffer.concat([bytes, more]);
    },
    /** Drops the bytes of a first element that is too large. */
    limit() {
      if (bytes.length <= maxElementBytes + maxReadBytes) return;
      isDropped = true;
      bytes = Buffer.alloc(0);
    },
    isDropped: () => isDropped,
    bytesOf({ start, end }: ByteRange): Pick<Element, 'bytes'> {
      if (isDropped || end - start > maxElementBytes) return {};
      return { bytes: bytes.subarray(start - position, end - position) };
    },
  };
}
