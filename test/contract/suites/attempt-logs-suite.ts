import { beforeEach, describe, expect, test } from 'vitest';
import type { AttemptLog } from '../../../core/jobs/model/job.ts';
import type { AttemptLogs, LogPage, LogRead } from '../../../core/ports/attempt-logs.ts';

/** Logs, and a way to write lines of attempts to them. */
export interface LogsUnderTest {
  readonly logs: AttemptLogs;
  /** Adds lines to a log, which creates the log, also without lines. */
  write(log: AttemptLog, ...messages: readonly string[]): void | Promise<void>;
}

const log: AttemptLog = { group: '/aws/batch/job', stream: 'work/default/0123456789abcdef' };

/** The contract of all attempt logs; `make` returns empty ones for a test; the caller cleans up. */
export function describeAttemptLogs(make: () => Promise<LogsUnderTest> | LogsUnderTest): void {
  describe('logs of attempts', () => {
    let world: LogsUnderTest;
    beforeEach(async () => {
      world = await make();
    });

    /** All pages from a position, including the page that shows the end. */
    async function pagesFrom(from: string | undefined, limit: number): Promise<readonly LogPage[]> {
      const page = pageIn(await world.logs.read(log, { from, limit }));
      return page.isEnd ? [page] : [page, ...(await pagesFrom(page.next, limit))];
    }

    test('return all lines in order, page by page, and the end only after the last line', async () => {
      const messages = ['first', 'second', ' third, with spaces ', 'é 𝄞', 'last'];
      await world.write(log, ...messages);
      for (const limit of [1, 2, 5, 1000]) {
        const pages = await pagesFrom(undefined, limit);
        expect(pages.flatMap(({ lines }) => lines.map(({ message }) => message))).toEqual(messages);
        expect(Math.max(...pages.map(({ lines }) => lines.length))).toBe(Math.min(limit, 5));
        expect(pages.at(-1)?.lines).toEqual([]);
      }
    });

    test('return the same time of each line for every request', async () => {
      await world.write(log, 'a', 'b');
      const read = async () => pageIn(await world.logs.read(log, { limit: 1000 })).lines;
      const [first, second] = await read();
      expect(Math.abs((first?.at ?? 0) - Date.now())).toBeLessThan(60_000);
      expect(second?.at).toBeGreaterThanOrEqual(first?.at ?? Number.NaN);
      expect(await read()).toEqual([first, second]);
    });

    test('continue after their end when more lines were written', async () => {
      await world.write(log, 'a');
      const before = (await pagesFrom(undefined, 10)).at(-1);
      await world.write(log, 'b', 'c');
      const after = pageIn(await world.logs.read(log, { from: before?.next, limit: 10 }));
      expect(after.lines.map(({ message }) => message)).toEqual(['b', 'c']);
      expect(after.isEnd).toBe(false);
    });

    test('return the end of an empty log', async () => {
      await world.write(log);
      const pages = await pagesFrom(undefined, 10);
      expect(pages.flatMap(({ lines }) => lines)).toEqual([]);
    });

    test('have no stream that was never written, and no stream of another group', async () => {
      await world.write(log, 'a');
      for (const other of [
        { ...log, stream: `${log.stream}0` },
        { ...log, group: '/aws/batch/other' },
      ])
        expect(await world.logs.read(other, { limit: 10 })).toEqual({ kind: 'missing' });
    });

    test('refuse a position that they did not return', async () => {
      await world.write(log, 'a');
      expect(await world.logs.read(log, { from: 'nowhere', limit: 10 })).toEqual({
        kind: 'unknown-position',
      });
    });
  });
}

function pageIn(read: LogRead): LogPage {
  if (read.kind !== 'page') throw new Error(`no page but ${read.kind}`);
  return read;
}
