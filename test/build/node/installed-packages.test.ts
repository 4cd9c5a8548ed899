import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { processorOf } from '../../../build/files/processor-of.ts';
import { newServiceFolder } from '../service-folder.ts';

/* These tests install packages from the registry. */

const lock = JSON.parse(
  readFileSync(join(import.meta.dirname, '..', '..', '..', 'package-lock.json'), 'utf8'),
) as { readonly packages: Readonly<Record<string, { readonly version: string }>> };
const code = "import sharp from 'sharp'; export const handler = () => sharp.versions;";

function versionIn(directory: string, name: string): string {
  const file = join(directory, 'node_modules', name, 'package.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as { readonly version: string }).version;
}

describe('sharp', () => {
  test.each([
    ['arm64', 'arm64', 'arm64'],
    ['x86_64', 'x64', 'x86_64'],
  ] as const)(
    'is installed for Lambda on %s in the locked versions',
    async (architecture, cpu, processor) => {
      const service = newServiceFolder(
        { entry: 'index.mjs', external: ['sharp'] },
        { 'index.mjs': code, 'package-lock.json': JSON.stringify(lock) },
      );
      const { version } = lock.packages['node_modules/sharp'] ?? {};
      const { directory, notices } = await service.build({ kind: 'lambda', architecture });
      expect(notices).toEqual([`Installed for linux-${architecture} instead of bundled: sharp ${version}.`]);
      for (const name of ['sharp', 'detect-libc', '@img/colour'])
        expect(versionIn(directory, name)).toBe(lock.packages[`node_modules/${name}`]?.version);
      const [file = ''] = readdirSync(
        join(directory, 'node_modules', '@img', `sharp-linux-${cpu}`, 'lib'),
      ).filter((name) => name.endsWith('.node'));
      const machineCode = join(directory, 'node_modules', '@img', `sharp-linux-${cpu}`, 'lib', file);
      expect(processorOf(machineCode)).toBe(processor);
      expect(existsSync(join(directory, 'node_modules', '.bin'))).toBe(false);
    },
  );
});
