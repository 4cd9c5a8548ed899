import { WriteStream } from 'node:tty';

/**
 * A stream that collects what is written, as a terminal of this width would receive it, or a file if the width is undefined.
 */
export function collectingStream(columns: number | undefined) {
  const written: string[] = [];
  const stream = Object.create(WriteStream.prototype, {
    isTTY: { value: columns !== undefined },
    columns: { value: columns },
    write: { value: (text: string) => written.push(text) > 0 },
  }) as NodeJS.WriteStream; // the members that a screen uses
  return { stream, written };
}
