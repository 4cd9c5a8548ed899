import { appendFileSync, closeSync, existsSync, readFileSync, utimesSync, writeSync } from 'node:fs';
import { describe, expect, onTestFinished, test } from 'vitest';
import { endLog, type LogFile, logFileOf, openLog, removeLog, timesUntilNow } from '../../logs/log-file.ts';
import { until } from '../fixture/until.ts';
import { temporaryDirectory } from '../fixture/write-assembly.ts';

function opened() {
  const file = fileOf('work/default/1');
  const log = openLog(file, '/own');
  onTestFinished(() => {
    log.end();
    closeSync(log.descriptor);
  });
  return { file, ...log, write: (text: string) => writeSync(log.descriptor, text) };
}

function fileOf(stream: string): LogFile {
  const file = logFileOf(temporaryDirectory(), stream);
  if (file === undefined) throw new Error('no file');
  return file;
}

const marksOf = (file: LogFile) => timesUntilNow(file)?.marks ?? [];

describe('a log file', () => {
  test('records the times of its content even if nothing reads it', async () => {
    const { file, write } = opened();
    write('ab');
    await until('the first is noted', () => readFileSync(file.times, 'utf8').includes('[2,'));
    write('cde');
    await until('the second is noted', () => readFileSync(file.times, 'utf8').includes('[5,'));
    const [first, second] = marksOf(file);
    expect(second?.[1]).toBeGreaterThan(first?.[1] ?? Number.NaN);
    expect(Math.abs((first?.[1] ?? 0) - Date.now())).toBeLessThan(60_000);
  });

  test('returns the same time for the same length at every read', () => {
    const { file, write } = opened();
    write('ab');
    const before = marksOf(file);
    expect(before).toMatchObject([[2, expect.any(Number)]]);
    write('cd');
    expect(marksOf(file).slice(0, 1)).toEqual(before);
    expect(marksOf(file)).toEqual(marksOf(file));
  });

  test('has times that never decrease, even if the clock goes backwards', () => {
    const { file, write } = opened();
    write('ab');
    const [first] = marksOf(file);
    write('cd');
    utimesSync(file.text, 1, 1);
    expect(marksOf(file)).toEqual([first, [4, first?.[1]]]);
  });

  test('ends once, with all its content', () => {
    const { file, write, end } = opened();
    write('ab');
    expect(timesUntilNow(file)?.isEnded).toBe(false);
    end();
    endLog(file);
    expect(timesUntilNow(file)).toMatchObject({
      group: '/own',
      marks: [[2, expect.any(Number)]],
      isEnded: true,
    });
    expect(readFileSync(file.times, 'utf8').match(/end/g)).toHaveLength(1);
  });

  test('is read beyond an entry that a crash cut short', () => {
    const { file, write } = opened();
    write('ab');
    const before = marksOf(file);
    appendFileSync(file.times, '[3,1');
    appendFileSync(file.times, '[4,18]\n[5,19]\n');
    write('cde');
    expect(marksOf(file)).toEqual([...before, [5, 19]]);
  });

  test('does not exist before it is opened or after it is removed', () => {
    const { file, end } = opened();
    end();
    removeLog(file);
    expect(existsSync(file.text) || existsSync(file.times)).toBe(false);
    expect(timesUntilNow(file)).toBeUndefined();
    endLog(file);
    expect(existsSync(file.times)).toBe(false);
  });

  test.each(['..', '../a', 'a/../b', 'a/./b', '/a', 'a//b', 'a/', '', 'a\0b', 'a\\..\\b', '..\\a'])(
    'is not found outside its folder: %j',
    (stream) => {
      expect(logFileOf('/logs', stream)).toBeUndefined();
    },
  );
});
