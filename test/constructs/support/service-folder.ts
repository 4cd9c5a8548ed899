import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const lambdaManifest = {
  name: 'thumbnails',
  version: '1.0.0',
  parameters: { type: 'object' },
  source: { kind: 'lambda', entry: 'src/index.ts' },
};
const batchManifest = {
  name: 'render',
  version: '2.0.0',
  parameters: { type: 'object' },
  source: { kind: 'batch', dockerfile: 'Dockerfile', vcpus: 0.5, memoryMiB: 1024 },
};

const folders: string[] = [];

/** Deletes the folders of a test file after its tests. */
export function deleteFolders(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}

/** Writes files into a new folder, which `deleteFolders` deletes. Returns the path of the folder. */
export function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'errand-service-'));
  folders.push(folder);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

/** Writes a service on Lambda, with changes of its manifest and of its source. Returns the path of its `service.json`. */
export function lambdaService(
  changes: object = {},
  source: object = {},
  code = 'export const handler = async () => "done";\n',
) {
  const manifest = { ...lambdaManifest, ...changes, source: { ...lambdaManifest.source, ...source } };
  const folder = folderWith({ 'service.json': JSON.stringify(manifest), 'src/index.ts': code });
  return join(folder, 'service.json');
}

/** The same for a function in Python. */
export function pythonService(source: object = {}) {
  const manifest = {
    ...lambdaManifest,
    name: 'match-names',
    source: { kind: 'lambda', entry: 'main.py:handler', ...source },
  };
  const code = 'def handler(event, context):\n    return "done"\n';
  return join(folderWith({ 'service.json': JSON.stringify(manifest), 'main.py': code }), 'service.json');
}

/** The same for a service on AWS Batch, with a Dockerfile. */
export function batchService(changes: object = {}, source: object = {}) {
  const manifest = { ...batchManifest, ...changes, source: { ...batchManifest.source, ...source } };
  const folder = folderWith({
    'service.json': JSON.stringify(manifest),
    Dockerfile: 'FROM scratch\nCMD ["render"]\n',
  });
  return join(folder, 'service.json');
}
