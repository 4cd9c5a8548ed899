import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { bodyOf, eventStream } from '../../../functions/live/event-stream.ts';

/** Texts that are released one by one, and whether their generator was ended. */
function texts(readerGone: AbortController) {
  const outcomes: string[] = [];
  const next: Array<() => void> = [];
  async function* make() {
    try {
      for (let count = 1; !readerGone.signal.aborted; count += 1) {
        yield `text ${count}`;
        await new Promise<void>((resolve) => next.push(resolve));
      }
    } finally {
      outcomes.push(readerGone.signal.aborted ? 'ended for a reader that has disconnected' : 'ended');
    }
  }
  return { made: make(), outcomes, letThrough: () => next.shift()?.() };
}

describe('the body of a stream', () => {
  test('reports immediately that its reader has disconnected, though no text has arrived since', async () => {
    const readerGone = new AbortController();
    const { made, outcomes, letThrough } = texts(readerGone);
    const body = bodyOf(made, readerGone);
    body.once('data', () => undefined);
    await turn();
    expect(readerGone.signal.aborted).toBe(false);
    body.destroy();
    expect(readerGone.signal.aborted).toBe(true);
    expect(outcomes).toEqual([]);
    letThrough();
    await expect.poll(() => outcomes).toEqual(['ended for a reader that has disconnected']);
  });

  test('contains every text, and ends after the last one', async () => {
    async function* two() {
      yield 'a';
      yield 'b';
    }
    const chunks = await bodyOf(two(), new AbortController()).toArray();
    expect(chunks.join('')).toBe('ab');
  });

  test('fails as its texts do', async () => {
    // biome-ignore lint/correctness/useYield: a generator that fails before its first text
    async function* none(): AsyncGenerator<string> {
      throw new Error('away');
    }
    await expect(bodyOf(none(), new AbortController()).toArray()).rejects.toThrow('away');
  });

  test('takes no slot for a reader that disconnected before its first read', async () => {
    const readerGone = new AbortController();
    const { made, outcomes } = texts(readerGone);
    bodyOf(made, readerGone).destroy();
    await turn();
    expect(await made.next()).toEqual({ done: true, value: undefined });
    expect(outcomes).toEqual([]);
  });
});

describe('the text of a stream', () => {
  test('has no character that a library could take for the end of a line, and the same JSON', async () => {
    const message = 'a\u0085b\u2028c\u2029d\u000be\u000cf\u001cg\r\nh 🚀';
    const progress = { stepsTotal: 1, message };
    async function* one() {
      yield { kind: 'progress', jobId: 'j', progress } as const;
    }
    const text = (await Array.fromAsync(eventStream(one(), undefined))).join('');
    const [event, data = '', ...rest] = text.split(/[\p{Cc}\u2028\u2029]/u);
    expect([event, rest]).toEqual(['event: progress', ['', '']]);
    expect(JSON.parse(data.replace('data: ', ''))).toEqual({ jobId: 'j', progress });
  });
});
