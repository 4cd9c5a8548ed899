import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { synthesize } from '../../../bin/synthesize.ts';

// biome-ignore lint/suspicious/noExplicitAny: templates are JSON of every shape, and a test reaches deep into them
type Json = any;

export interface TemplateResource {
  readonly Type: string;
  readonly Properties: Record<string, Json>;
}

/** A copied assembly: its templates are changed in place, and written when all changes are made. */
export interface AssemblyCopy {
  readonly directory: string;
  /** Of the service's stack and of the examples', by logical id. */
  readonly resources: Readonly<Record<StackName, Record<string, TemplateResource>>>;
  /** Adds a folder with one module `index.mjs` as a code asset of the examples' stack; returns its object key. */
  addCode(name: string, module: string): string;
  /** Adds a folder `asset.<name>` with a Dockerfile as an image asset of the examples' stack; returns the image's name. */
  addImage(name: string): string;
}

export type AssemblyChange = (assembly: AssemblyCopy) => void;

type StackName = (typeof stackNames)[number];

const stackNames = ['Errand', 'ErrandExamples'] as const;

/** Copies the sources' cloud assembly into a folder that does not exist yet, and changes the copy. */
export async function copyAssembly(directory: string, changes: readonly AssemblyChange[]): Promise<void> {
  mkdirSync(directory);
  cpSync(await synthesize(), directory, { recursive: true });
  const templates = stackNames.map(
    (name) => [name, readJson(join(directory, `${name}.template.json`))] as const,
  );
  const assetsFile = join(directory, 'ErrandExamples.assets.json');
  const assets = readJson(assetsFile);
  const copy: AssemblyCopy = {
    directory,
    // fromEntries widens the keys, which are those of stackNames.
    resources: Object.fromEntries(
      templates.map(([name, template]) => [name, template.Resources]),
    ) as AssemblyCopy['resources'],
    addImage: (name) => {
      const imageTag = `${name}-image`;
      assets.dockerImages = {
        ...assets.dockerImages,
        [name]: { source: { directory: `asset.${name}` }, destinations: { here: { imageTag } } },
      };
      return `images:${imageTag}`;
    },
    addCode: (name, module) => {
      mkdirSync(join(directory, `asset.${name}`));
      writeFileSync(join(directory, `asset.${name}`, 'index.mjs'), module);
      const objectKey = `${name}.zip`;
      assets.files[name] = { source: { path: `asset.${name}` }, destinations: { here: { objectKey } } };
      return objectKey;
    },
  };
  for (const change of changes) change(copy);
  for (const [name, template] of templates) writeJson(join(directory, `${name}.template.json`), template);
  writeJson(assetsFile, assets);
}

function readJson(file: string): Json {
  return JSON.parse(readFileSync(file, 'utf8'));
}

function writeJson(file: string, value: unknown): void {
  writeFileSync(file, JSON.stringify(value));
}
