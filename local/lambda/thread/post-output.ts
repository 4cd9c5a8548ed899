import { StringDecoder } from 'node:string_decoder';
import type { FromThread } from './protocol.ts';

type Chunk = { readonly chunk: string | Buffer; readonly encoding: BufferEncoding };

/**
 * Sends what the thread writes to its standard output and error as messages. Node.js itself sends only the first chunk at once
 * and the next ones after a response, so that a thread that is blocked or ended would lose them, and the last lines of a call could
 * arrive after its result.
 */
export function postOutput(post: (message: FromThread) => void): void {
  for (const source of ['stdout', 'stderr'] as const) {
    const decoder = new StringDecoder('utf8');
    const textOf = ({ chunk, encoding }: Chunk): string =>
      decoder.write(typeof chunk === 'string' ? Buffer.from(chunk, encoding) : chunk);
    const send = (chunks: readonly Chunk[], done: () => void): void => {
      post({ kind: 'output', source, text: chunks.map(textOf).join('') });
      done();
    };
    // A stream with this method gets every chunk through it: https://nodejs.org/api/stream.html#writable_writevchunks-callback
    Object.assign(process[source], { _writev: send });
  }
}
