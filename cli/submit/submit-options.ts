import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { asError } from '../../core/std/as-error.ts';
import { CliError } from '../cli-error.ts';

/** An input of a job: a file that has to be uploaded, or a data object. */
export type GivenInput =
  | { readonly slot: string; readonly path: string }
  | { readonly slot: string; readonly dataId: string };

/** What `errand submit` submits. */
export interface SubmitOptions {
  /** A name, or a name with a version or a range, such as `csv-profile@^2`. */
  readonly service: string;
  readonly inputs: readonly GivenInput[];
  /** Undefined if the option was not used. */
  readonly parameters: unknown;
  readonly tags: readonly string[];
  /** Undefined: the job is in no group. */
  readonly group: string | undefined;
  /** Maximum age of a result to reuse; undefined: the job runs. */
  readonly reuseSeconds: number | undefined;
  /** Undefined: do not wait; infinite: wait until the job has ended. */
  readonly waitSeconds: number | undefined;
  /** Folder that remembers interrupted uploads, so that a repeated command continues them. */
  readonly uploadsFolder: string;
}

/** Parses an `--input`: `slot=@path` or `slot=<data ID>`. Throws a `CliError` for anything else. */
export function parseInput(text: string): GivenInput {
  const [, slot, value] = /^([^=]+)=(.+)$/s.exec(text) ?? [];
  if (slot === undefined || value === undefined)
    throw new CliError(`--input ${text}: write slot=@path for a file, or slot=<ID> for a data object`, 2);
  if (!value.startsWith('@')) return { slot, dataId: value };
  if (value === '@') throw new CliError(`--input ${text}: the path of the file is missing`, 2);
  return { slot, path: resolve(value.slice(1)) };
}

/** Parses `--parameters`: JSON, or `@path` of a file with JSON. Throws a `CliError` for anything else. */
export function parseParameters(text: string): unknown {
  const isFile = text.startsWith('@');
  try {
    return JSON.parse(isFile ? readFileSync(resolve(text.slice(1)), 'utf8') : text);
  } catch (error) {
    throw new CliError(`--parameters${isFile ? ` ${text}` : ''}: ${asError(error).message}`, 2);
  }
}

/** Parses `--reuse`: a number of seconds. Throws a `CliError` for anything else; the API checks the limits. */
export function parseReuse(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new CliError(
    `--reuse ${text}: give the maximum age of a result as a whole number of seconds, such as 3600`,
    2,
  );
}

/** Parses `--wait`: a number of seconds, or the empty text for no limit. Throws a `CliError` for anything else. */
export function parseWait(text: string): number {
  if (text === '') return Number.POSITIVE_INFINITY;
  if (/^\d{1,7}$/.test(text)) return Number(text);
  throw new CliError(
    `--wait ${text}: give a whole number of seconds, or none to wait until the job has ended`,
    2,
  );
}

/** Writes `--wait` without seconds, which `parseArgs` cannot read, as `--wait=`. */
export function withOptionalWait(words: readonly string[]): readonly string[] {
  return words.map((word, index) =>
    word === '--wait' && !/^\d+$/.test(words[index + 1] ?? '') ? '--wait=' : word,
  );
}
