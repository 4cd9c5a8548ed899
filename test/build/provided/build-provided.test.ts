import { chmodSync, copyFileSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { newServiceFolder } from '../service-folder.ts';

const script = '#!/bin/sh\nexit 0\n';

describe('a program that speaks the Runtime API', () => {
  test.each([
    ['a file', 'dist/bootstrap', ['bootstrap']],
    ['a folder', 'dist', ['bootstrap', 'data/words.txt']],
  ])('is copied with its mode when the entry is %s', async (_, entry, files) => {
    const service = newServiceFolder({ entry }, { 'dist/bootstrap': script, 'dist/data/words.txt': 'one' });
    chmodSync(join(service.folder, 'dist', 'bootstrap'), 0o755);
    const built = await service.build();
    expect(built).toMatchObject({ handler: 'bootstrap', runtime: 'provided.al2023' });
    for (const name of files) expect(readFileSync(join(built.directory, name))).not.toHaveLength(0);
    expect(statSync(join(built.directory, 'bootstrap')).mode & 0o777).toBe(0o755);
    expect(built.inputs).toEqual([join(service.folder, 'dist', 'bootstrap')]);
  });

  test('is an error when it does not exist', async () => {
    const service = newServiceFolder({ entry: 'dist' }, { 'dist/main.go': '' });
    await expect(service.build()).rejects.toThrow(
      'dist/bootstrap: The program does not exist: compile it first, or correct "entry" in service.json.',
    );
  });

  test('is an error when it is not executable', async () => {
    const service = newServiceFolder({ entry: 'bootstrap' }, { bootstrap: script });
    chmodSync(join(service.folder, 'bootstrap'), 0o644);
    await expect(service.build()).rejects.toThrow(
      'bootstrap: The program is not executable: run `chmod +x bootstrap`.',
    );
  });

  test('is an error when it is compiled for another processor', async () => {
    const service = newServiceFolder({ entry: 'bootstrap' }, { bootstrap: '' });
    copyFileSync(process.execPath, join(service.folder, 'bootstrap'));
    const [own, other] =
      process.arch === 'x64' ? (['x86_64', 'arm64'] as const) : (['arm64', 'x86_64'] as const);
    await expect(service.build({ kind: 'lambda', architecture: own })).resolves.toMatchObject({
      notices: [],
    });
    await expect(service.build({ kind: 'lambda', architecture: other })).rejects.toThrow(
      `bootstrap: The program is compiled for ${own}, but the function has ${other}: compile it for ${other}.`,
    );
  });
});
