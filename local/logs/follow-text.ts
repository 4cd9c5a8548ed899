import { closeSync, openSync, readSync } from 'node:fs';
import { splitLines } from './line-splitter.ts';

/** Passes on the lines of a file that another process writes. */
export interface TextFollower {
  /** Passes on the lines that were written since the last call. */
  read(): void;
  /** Passes on the rest, also a last line without a line end, and closes the file. */
  end(): void;
}

const chunkBytes = 65_536;

/** Creates a follower that calls `onLine` with each line of a file of UTF-8 text, from its start. */
export function followText(file: string, onLine: (line: string) => void): TextFollower {
  const descriptor = openSync(file, 'r');
  const decoder = new TextDecoder();
  const lines = splitLines(onLine);
  const buffer = Buffer.alloc(chunkBytes);
  const read = (): void => {
    for (let length = readSync(descriptor, buffer); length > 0; length = readSync(descriptor, buffer))
      lines.add(decoder.decode(buffer.subarray(0, length), { stream: true }));
  };
  return {
    read,
    end: () => {
      read();
      lines.flush();
      closeSync(descriptor);
    },
  };
}
