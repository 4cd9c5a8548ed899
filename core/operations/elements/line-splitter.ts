import type { ByteRange } from '../../ports/operations/content-reader.ts';
import { type ElementSplitter, isWhiteSpace } from './element-splitter.ts';

const lineFeed = 0x0a;

/** Splits NDJSON; lines of white space only are no elements. */
export function lineSplitter(position: number): ElementSplitter {
  let offset = position;
  /** Where the line starts, once it has more than white space. */
  let start: number | undefined;
  const endLine = (end: number): readonly ByteRange[] => {
    const element = start === undefined ? [] : [{ start, end }];
    start = undefined;
    return element;
  };
  return {
    push(bytes) {
      const found: ByteRange[] = [];
      for (let index = 0; index < bytes.length; ) {
        const next = bytes.indexOf(lineFeed, index);
        const end = next === -1 ? bytes.length : next;
        if (start === undefined) {
          const first = bytes.subarray(index, end).findIndex((byte) => !isWhiteSpace(byte));
          if (first !== -1) start = offset + index + first;
        }
        if (next !== -1) found.push(...endLine(offset + next));
        index = end + 1;
      }
      offset += bytes.length;
      return found;
    },
    finish: () => endLine(offset),
  };
}
