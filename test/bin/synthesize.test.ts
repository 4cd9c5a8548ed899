import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { synthesize } from '../../bin/synthesize.ts';

test('unchanged sources have an assembly already, which is returned without a step', async () => {
  const assembly = await synthesize({}, () => Promise.reject(new Error('a step was run')));
  expect(existsSync(join(assembly, 'manifest.json'))).toBe(true);
});

test('other settings are synthesized in a step that states the reason; its failure is an error with the output of the app, and leaves no folder', async () => {
  const assemblies = dirname(await synthesize());
  const unfinished = () => readdirSync(assemblies).filter((name) => /^[0-9a-f]+\./.test(name));
  const before = unfinished();
  const titles: string[] = [];
  const synthesis = synthesize({ allowSharedOverrides: 'maybe' }, (title, run) => {
    titles.push(title);
    return run();
  });
  await expect(synthesis).rejects.toThrow(
    /^The stacks cannot be synthesized: .*-c allowSharedOverrides=maybe is not valid/s,
  );
  expect(titles).toEqual(['Synthesizing the stacks, because the sources have changed']);
  // Other test files may synthesize at the same time: their folders disappear too, a left one would stay.
  const left = () => unfinished().filter((name) => !before.includes(name));
  await expect.poll(left, { timeout: 90_000 }).toEqual([]);
}, 240_000); // a synthesis, on a busy machine
