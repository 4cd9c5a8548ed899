import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { inheritedPath } from '../../processes/inherited-path.ts';
import { createMemoryWatch } from '../../processes/memory-watch.ts';
import { spawnBound } from '../../processes/spawn-bound.ts';

const megabyte = 1024 * 1024;

/** A program that has used this much memory, in a process that it started, when the promise resolves. */
async function programUsing(megabytes: number): Promise<number> {
  const inner = `const kept = Buffer.alloc(${megabytes * megabyte}, 1); console.error(kept.length); setInterval(() => {}, 1000)`;
  const outer = `require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(inner)}], { stdio: 'inherit' })`;
  const program = spawnBound({
    command: [process.execPath, '-e', outer],
    environment: inheritedPath(),
    graceMs: 0,
  });
  onTestFinished(() => program.kill());
  if (program.errors !== null) await once(program.errors, 'data');
  return program.pid ?? Number.NaN;
}

/** On Linux, `ps` has the columns of macOS. */
test.each(['linux', 'darwin'] as const)(
  'on %s, a group whose processes exceed the limit is reported',
  async (platform) => {
    const [small, large] = [await programUsing(1), await programUsing(400)];
    const memory = createMemoryWatch(platform);
    const exceeded: string[] = [];
    const unwatch = memory.watch(small, 350 * megabyte, () => exceeded.push('small'));
    memory.watch(large, 350 * megabyte, () => exceeded.push('large'));
    await expect.poll(() => exceeded).toEqual(['large']);
    unwatch();
  },
);

test('on Windows, no group is reported', () => {
  expect(createMemoryWatch('win32').watch(1, 0, () => undefined)()).toBeUndefined();
});
