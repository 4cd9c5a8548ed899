import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { followText } from '../../logs/follow-text.ts';

test('each line is passed on once, when it is complete', () => {
  const file = emptyFile();
  const lines: string[] = [];
  const follower = followText(file, (line) => void lines.push(line));
  appendFileSync(file, 'first\nsec');
  follower.read();
  expect(lines).toEqual(['first']);
  appendFileSync(file, 'ond\n\nlast');
  follower.read();
  expect(lines).toEqual(['first', 'second', '']);
  follower.end();
  expect(lines).toEqual(['first', 'second', '', 'last']);
});

test('a character whose bytes arrive in two parts is not damaged', () => {
  const file = emptyFile();
  const lines: string[] = [];
  const follower = followText(file, (line) => void lines.push(line));
  const bytes = Buffer.from('Zoë\n');
  appendFileSync(file, bytes.subarray(0, 3));
  follower.read();
  appendFileSync(file, bytes.subarray(3));
  follower.end();
  expect(lines).toEqual(['Zoë']);
});

test('more than one buffer is read at once', () => {
  const file = emptyFile();
  const long = 'x'.repeat(200_000);
  writeFileSync(file, `${long}\nend\n`);
  const lines: string[] = [];
  followText(file, (line) => void lines.push(line)).end();
  expect(lines).toEqual([long, 'end']);
});

function emptyFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'follow-text-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'output.log');
  writeFileSync(file, '');
  return file;
}
