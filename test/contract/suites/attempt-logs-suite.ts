import { beforeEach, describe, expect, test } from 'vitest';
import type { AttemptLog } from '../../../core/jobs/model/job.ts';
import type { AttemptLogs, LogLine, LogPage, LogRead, TimeRange } from '../../../core/ports/attempt-logs.ts';

/** Logs, and a way to write lines of attempts to them. */
export interface LogsUnderTest {
  readonly logs: AttemptLogs;
  /** Adds lines to a log, which creates the log, also without lines. */
  write(log: AttemptLog, ...messages: readonly string[]): void | Promise<void>;
  /** Adds lines to the log of a function. */
  writeFunction(log: AttemptLog, ...lines: readonly LogLine[]): void | Promise<void>;
}

const log: AttemptLog = { group: '/aws/batch/job', stream: 'work/default/0123456789abcdef' };

const functionLog: AttemptLog = { group: '/aws/lambda/f', stream: '2026/11/30/[$LATEST]0123' };

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

    /** All lines with a text in the group of a function. */
    async function found(text: string, time: TimeRange) {
      const lines = [];
      let from: string | undefined;
      do {
        const search = await world.logs.search({ group: functionLog.group, text, time, from });
        if (search.kind !== 'found') throw new Error(`not found but ${search.kind}`);
        lines.push(...search.lines);
        from = search.next;
      } while (from !== undefined);
      return lines;
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

    test('contain only lines of the requested time', async () => {
      await world.writeFunction(
        functionLog,
        { at: 1000, message: 'a' },
        { at: 2000, message: 'b' },
        { at: 3000, message: 'c' },
      );
      const read = async (time: TimeRange) =>
        pageIn(await world.logs.read(functionLog, { limit: 10, time })).lines.map(({ message }) => message);
      expect(await read({ startAt: 2000 })).toEqual(['b', 'c']);
      expect(await read({ startAt: 1000, endAt: 3000 })).toEqual(['a', 'b']);
    });

    test('are found by a text in any stream of a group, by time', async () => {
      const other = { ...functionLog, stream: 'other' };
      await world.writeFunction(
        functionLog,
        { at: 1000, message: 'id-1 a' },
        { at: 3000, message: 'id-2 b' },
      );
      await world.writeFunction(other, { at: 2000, message: 'c of id-1 d' });
      await world.writeFunction({ ...functionLog, group: '/aws/lambda/g' }, { at: 2000, message: 'id-1' });
      expect(await found('id-1', { startAt: 0 })).toEqual([
        { at: 1000, message: 'id-1 a', stream: functionLog.stream },
        { at: 2000, message: 'c of id-1 d', stream: 'other' },
      ]);
      expect(await found('id-1', { startAt: 2000, endAt: 3000 })).toHaveLength(1);
      expect(await found('id-3', { startAt: 0 })).toEqual([]);
    });

    test('cannot be searched in a group that does not exist, or from a position of another search', async () => {
      await world.writeFunction(functionLog, { at: 1000, message: 'a' });
      const search = { group: functionLog.group, text: 'a', time: { startAt: 0 } };
      expect(await world.logs.search({ ...search, group: '/none' })).toEqual({ kind: 'missing' });
      expect(await world.logs.search({ ...search, from: 'nowhere' })).toEqual({ kind: 'unknown-position' });
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
