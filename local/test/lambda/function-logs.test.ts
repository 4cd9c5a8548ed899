import { mkdirSync, readFileSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openFunctionLogs } from '../../lambda/function-logs.ts';
import { temporaryDirectory } from './local-lambda.ts';

test('log files are appended to and rotated before they exceed their limit', () => {
  const directory = temporaryDirectory();
  const read = (name: string): string => readFileSync(join(directory, name), 'utf8');
  const first = openFunctionLogs(directory, 20);
  first.write('f', 'one 12345');
  first.close();
  const second = openFunctionLogs(directory, 20);
  second.write('f', 'two 12345');
  expect(read('f.log')).toBe('one 12345\ntwo 12345\n');
  second.write('f', 'three');
  expect(read('f.log')).toBe('three\n');
  expect(read('f.log.1')).toBe('one 12345\ntwo 12345\n');
  second.close();
  second.write('f', 'late');
  expect(read('f.log')).toBe('three\n');
});

test('a log file that cannot be renamed grows until it can be', () => {
  const directory = temporaryDirectory();
  const obstacle = join(directory, 'f.log.1');
  mkdirSync(obstacle);
  const logs = openFunctionLogs(directory, 8);
  for (const line of ['one', 'two', 'three']) logs.write('f', line);
  expect(readFileSync(join(directory, 'f.log'), 'utf8')).toBe('one\ntwo\nthree\n');
  rmdirSync(obstacle);
  logs.write('f', 'four');
  logs.close();
  expect(readFileSync(join(directory, 'f.log'), 'utf8')).toBe('four\n');
  expect(readFileSync(obstacle, 'utf8')).toBe('one\ntwo\nthree\n');
});
