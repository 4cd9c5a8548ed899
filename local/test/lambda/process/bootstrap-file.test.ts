import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { bootstrapRefusal } from '../../../lambda/process/bootstrap-file.ts';
import { temporaryDirectory } from '../local-lambda.ts';

/** The header of a program for the processor with this number: 62 for x64, 183 for arm64. */
function programFor(machine: number): string {
  const file = join(temporaryDirectory(), 'bootstrap');
  const header = Buffer.alloc(64);
  header.write('\x7fELF', 'latin1');
  header.writeUInt16LE(machine, 18);
  writeFileSync(file, header, { mode: 0o755 });
  return file;
}

test('a program for another processor is refused', () => {
  const file = programFor(183);
  expect(bootstrapRefusal(file, 'x64')).toBe(
    `fork/exec ${file}: exec format error: it is built for arm64, and this machine is x64`,
  );
  expect(bootstrapRefusal(file, 'arm64')).toBeUndefined();
  expect(bootstrapRefusal(programFor(40), 'arm64')).toMatch(
    /it is built for another processor, and this machine is arm64$/,
  );
});

test('a script is not refused', () => {
  const file = join(temporaryDirectory(), 'bootstrap');
  writeFileSync(file, '#!/bin/sh\n', { mode: 0o755 });
  expect(bootstrapRefusal(file)).toBeUndefined();
});
