import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { cachedDirectory } from '../../../build/files/cached-directory.ts';

function newCache(): string {
  const cache = mkdtempSync(join(tmpdir(), 'errand-cache-'));
  onTestFinished(() => rmSync(cache, { recursive: true }));
  return cache;
}

describe('a cached directory', () => {
  test('is filled once', async () => {
    const directory = join(newCache(), 'key');
    let calls = 0;
    const fill = async (draft: string) => {
      calls += 1;
      writeFileSync(join(draft, 'file'), '');
    };
    for (const _ of [1, 2]) await expect(cachedDirectory(directory, fill)).resolves.toBe(directory);
    expect(calls).toBe(1);
    expect(readdirSync(directory)).toEqual(['file']);
  });

  test('does not exist after an error, and is filled by the next call', async () => {
    const cache = newCache();
    const failing = cachedDirectory(join(cache, 'key'), async (draft) => {
      writeFileSync(join(draft, 'half'), '');
      throw new Error('interrupted');
    });
    await expect(failing).rejects.toThrow('interrupted');
    expect(readdirSync(cache)).toEqual([]);
    await cachedDirectory(join(cache, 'key'), async () => undefined);
    expect(readdirSync(cache)).toEqual(['key']);
  });

  test('has the first content when two calls fill it at the same time', async () => {
    const directory = join(newCache(), 'key');
    await cachedDirectory(directory, async (draft) => {
      writeFileSync(join(draft, 'second'), '');
      await cachedDirectory(directory, async (other) => writeFileSync(join(other, 'first'), ''));
    });
    expect(readdirSync(directory)).toEqual(['first']);
  });

  test('is filled although the process of an earlier draft was killed, whose files are removed after a day', async () => {
    const cache = newCache();
    const old = new Date(Date.now() - 25 * 3_600_000);
    for (const name of ['.draft-old', '.draft-new']) mkdirSync(join(cache, name));
    utimesSync(join(cache, '.draft-old'), old, old);
    await cachedDirectory(join(cache, 'key'), async () => undefined);
    expect(readdirSync(cache).sort()).toEqual(['.draft-new', 'key']);
  });
});
