import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import { synthesize } from '../../../bin/synthesize.ts';
import { type ImageCode, imageNames } from '../../../infra/bundling/container-images.ts';
import { type FunctionCode, functionEntries } from '../../../infra/bundling/function-entries.ts';

export interface TemplateResource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
  readonly DeletionPolicy?: string;
}

/** Directories with a placeholder for each function's code, and a directory for the assembly; `remove` deletes all. */
export async function temporaryCode() {
  const directory = await mkdtemp(join(tmpdir(), 'errand-infra-'));
  const names = Object.keys(functionEntries);
  for (const name of names) {
    await mkdir(join(directory, name));
    await writeFile(join(directory, name, 'index.mjs'), `export const handler = async () => '${name}';\n`);
  }
  // Every name of the record has a directory.
  const code = Object.fromEntries(names.map((name) => [name, join(directory, name)])) as FunctionCode;
  for (const name of imageNames) {
    await mkdir(join(directory, 'images', name), { recursive: true });
    await writeFile(join(directory, 'images', name, 'Dockerfile'), `FROM scratch\nCMD ["${name}"]\n`);
  }
  const images = Object.fromEntries(
    imageNames.map((name) => [name, join(directory, 'images', name)]),
  ) as ImageCode; // every name has a directory
  return {
    code,
    images,
    outputDirectory: join(directory, 'assembly'),
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}

/**
 * The stacks' templates as all tests use them, synthesized once. Another synthesis in each test file would differ only in the
 * hashes of assets, and take some seconds.
 */
export async function synthesizedApp() {
  const assembly = await synthesize();
  return {
    errand: templateOf(assembly, 'Errand'),
    batch: templateOf(assembly, 'ErrandBatch'),
    examples: templateOf(assembly, 'ErrandExamples'),
  };
}

function templateOf(assembly: string, stack: string): Template {
  return Template.fromString(readFileSync(join(assembly, `${stack}.template.json`), 'utf8'));
}

/** All resources of a type, by logical id. */
export function resourcesOf(
  template: Template,
  type: string,
): ReadonlyArray<readonly [string, TemplateResource]> {
  // The template was written by the CDK, which gives each resource this shape.
  return Object.entries(template.findResources(type)) as [string, TemplateResource][];
}
