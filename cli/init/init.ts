import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { CliError } from '../cli-error.ts';
import { container } from './container.ts';
import { python } from './python.ts';
import type { Template } from './template.ts';
import { javascript, typescript } from './typescript.ts';

const templates: Readonly<Record<string, Template>> = { typescript, javascript, python, container };

/** Names of the API: core/contract. */
const namePattern = /^[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/**
 * Creates the folder of a new service, which `errand dev` runs as it is.
 * @returns the paths of the files, relative to the folder
 */
export function init(name: string, language: string, parent: string = process.cwd()): readonly string[] {
  const template = Object.hasOwn(templates, language) ? templates[language] : undefined;
  if (template === undefined)
    throw new CliError(`There is no template for ${language}: use ${Object.keys(templates).join(', ')}`, 2);
  if (!namePattern.test(name))
    throw new CliError(
      `"${name}" is not a valid service name: use 1 to 63 lower-case letters, digits and "-", starting with a letter and not ending with "-"`,
      2,
    );
  const folder = resolve(parent, name);
  if (existsSync(folder) && readdirSync(folder).length > 0)
    throw new CliError(`${folder} exists and is not empty: choose another name, or delete it first`);
  const files = template(name);
  for (const [path, text] of Object.entries(files)) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  return Object.keys(files);
}
