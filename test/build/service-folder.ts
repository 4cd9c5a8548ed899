import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { buildFunction } from '../../build/build-function.ts';
import type { BuildTarget } from '../../build/model/build-input.ts';
import { readManifest } from '../../manifest/read-manifest.ts';

/** A folder with a service, as a user has it. It is deleted after the test. */
export interface ServiceFolder {
  readonly folder: string;
  readonly write: (files: Readonly<Record<string, string>>) => void;
  /** Builds the service into a new directory. */
  readonly build: (target?: BuildTarget) => ReturnType<typeof buildFunction>;
}

/** Makes a folder with these files and a `service.json` whose source has these members. */
export function newServiceFolder(
  source: { readonly entry: string; readonly [member: string]: unknown },
  files: Readonly<Record<string, string>>,
): ServiceFolder {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'errand-build-')));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const folder = join(root, 'service');
  let builds = 0;
  const write: ServiceFolder['write'] = (changed) => {
    for (const [name, text] of Object.entries(changed)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
  };
  const manifest = {
    name: 'sample',
    version: '0.1.0-dev',
    parameters: {},
    source: { kind: 'lambda', ...source },
  };
  write({ ...files, 'service.json': JSON.stringify(manifest) });
  return {
    folder,
    write,
    build: (target = { kind: 'local' }) => {
      builds += 1;
      const outputDirectory = join(root, 'out', String(builds));
      return buildFunction({
        manifest: readManifest(join(folder, 'service.json')),
        folder,
        target,
        outputDirectory,
        cacheDirectory: join(root, 'cache'),
      });
    },
  };
}
