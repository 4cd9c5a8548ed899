import type { BuildFailure, Message } from 'esbuild';
import { splitEntry } from '../../manifest/lambda-source.ts';
import { BuildError } from '../model/build-error.ts';
import { findInstalled, packageNameOf } from './packages/installed-package.ts';

interface Service {
  readonly folder: string;
  readonly entry: string;
}

/** The first error of the compiler as one sentence for the user. Anything else than such an error is returned unchanged. */
export function toBuildError(error: unknown, { folder, entry }: Service): unknown {
  if (!isBuildFailure(error)) return error;
  const [message] = error.errors;
  if (message === undefined) return error;
  const { file, exportName } = splitEntry(entry);
  if (/^No matching export /.test(message.text) && isOfEntry(message))
    return new BuildError(handlerAdvice(`There is no export "${exportName}"`, file), { file });
  return new BuildError(detailOf(message, folder), locationOf(message, file));
}

/** What to do about a handler that cannot be called. */
export function handlerAdvice(problem: string, file: string): string {
  return `${problem}: export a function with this name, or name another one in "entry", such as "${file}:main".`;
}

function isOfEntry({ location }: Message): boolean {
  return location?.file === entryModule;
}

/** The name of the module that imports the entry, in the errors of the compiler. */
export const entryModule = 'entry-of-service.js';

function detailOf({ text }: Message, folder: string): string {
  const name = /^Could not resolve "([^"]+)"/.exec(text)?.[1];
  if (name === undefined) return text;
  if (/^[./]/.test(name)) return `The imported file "${name}" does not exist.`;
  const packageName = packageNameOf(name);
  if (packageName === 'errand' || findInstalled(packageName, folder) !== undefined)
    return `The package "${packageName}" does not export "${name}": import another path, or install another version.`;
  return `The package "${packageName}" is not installed: run \`npm install ${packageName}\` in ${folder}.`;
}

/** A warning of the compiler as one line: `src/index.ts:3:5: text`. */
export function locatedText({ text, location }: Message): string {
  return location === null ? text : `${location.file}:${location.line}:${location.column + 1}: ${text}`;
}

/** Columns of the compiler count from 0, those of editors from 1. */
function locationOf({ location }: Message, entryFile: string) {
  if (location === null || location.file === entryModule) return { file: entryFile };
  return { file: location.file, line: location.line, column: location.column + 1 };
}

function isBuildFailure(error: unknown): error is BuildFailure {
  return error instanceof Error && 'errors' in error && Array.isArray(error.errors);
}
