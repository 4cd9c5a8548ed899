import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import type { LogFile, LogTimes } from '../../logs/log-file.ts';
import { type LogEvent, readEvents } from '../../logs/read-events.ts';

const directory = mkdtempSync(join(tmpdir(), 'local-logs-'));
afterAll(() => rmSync(directory, { recursive: true }));
let count = 0;

/** A log of this text, written at once at time 7. */
function written(text: string | Buffer, isEnded = true): { file: LogFile; times: LogTimes } {
  count += 1;
  const file = { text: join(directory, `${count}.log`), times: '' };
  writeFileSync(file.text, text);
  return { file, times: { group: 'any', marks: [[Buffer.byteLength(text), 7]], isEnded } };
}

function pagesOf({ file, times }: ReturnType<typeof written>, limit: number): LogEvent[][] {
  const pages: LogEvent[][] = [];
  let from = 0;
  for (;;) {
    const { events, next } = readEvents(file, times, { from, limit });
    if (next === from) return pages;
    pages.push([...events]);
    from = next;
  }
}

const messagesOf = (log: ReturnType<typeof written>, limit = 10_000) =>
  pagesOf(log, limit)
    .flat()
    .map(({ message }) => message);

describe('readEvents', () => {
  test('returns the lines that are not empty, for any page size', () => {
    const text = fc.array(fc.constantFrom('\n', 'a', 'é𝄞', 'long '.repeat(20)), { maxLength: 60 });
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 70 }), (pieces, limit) => {
        const log = written(pieces.join(''));
        expect(messagesOf(log, limit)).toEqual(
          pieces
            .join('')
            .split('\n')
            .filter((line) => line !== ''),
        );
        expect(Math.max(0, ...pagesOf(log, limit).map((page) => page.length))).toBeLessThanOrEqual(limit);
      }),
    );
  });

  test('returns a line without a line end only after its program has ended', () => {
    expect(messagesOf(written('a\nb', false))).toEqual(['a']);
    expect(messagesOf(written('a\nb', true))).toEqual(['a', 'b']);
  });

  test('returns nothing beyond the length with a recorded time', () => {
    const { file, times } = written('a\nb\n', false);
    const known: LogTimes = { ...times, marks: [[2, 7]] };
    expect(readEvents(file, known, { from: 0, limit: 9 })).toEqual({
      events: [{ timestamp: 7, message: 'a' }],
      next: 2,
    });
  });

  test('returns the time at which a line was first complete', () => {
    const { file } = written('a\nbb\nc\n');
    const marks = [
      [2, 10],
      [4, 20],
      [5, 30],
      [5, 31],
      [7, 40],
    ] as const;
    const { events } = readEvents(file, { group: 'any', marks, isEnded: true }, { from: 0, limit: 9 });
    expect(events.map(({ timestamp }) => timestamp)).toEqual([10, 30, 40]);
  });

  test('splits lines that are too long for an event between characters', () => {
    const line = `a${'é'.repeat(262_118)}`;
    for (const log of [written(`${line}\nnext`), written(`${line}\nnext\n`, false)]) {
      const messages = messagesOf(log);
      expect(messages.map((message) => Buffer.byteLength(message))).toEqual([262_117, 262_118, 2, 4]);
      expect(messages.slice(0, 3).join('')).toBe(line);
    }
  });

  test('limits a page to 1 MB', () => {
    const line = 'x'.repeat(100_000);
    const pages = pagesOf(written(`${line}\n`.repeat(25)), 10_000);
    expect(pages.map((page) => page.length)).toEqual([10, 10, 5]);
  });

  test('reads any bytes to the end', () => {
    const bytes = Buffer.alloc(600_000, 0x80);
    const messages = messagesOf(written(bytes));
    expect(messages.join('')).toBe('\ufffd'.repeat(600_000));
  });
});
