import { statSync } from 'node:fs';
import { join, sep } from 'node:path';
import { splitEntry } from '../../manifest/lambda-source.ts';
import { runProgram } from '../files/run-program.ts';
import { BuildError } from '../model/build-error.ts';
import type { LanguageBuild } from '../model/build-input.ts';
import { findPython } from './find-python.ts';

interface SourceError {
  readonly file: string;
  readonly line: number | null;
  readonly column: number | null;
  readonly message: string;
}

/** The state of each file whose syntax was correct: only files that changed since are checked again. */
const checked = new Map<string, string>();

/**
 * Checks the syntax of the given files that changed, and that the handler exists. Nothing is executed or written. Throws
 * `BuildError` with file and line.
 */
export async function checkSources(
  { folder, source }: LanguageBuild,
  files: readonly string[],
): Promise<void> {
  const { program, version } = await findPython(source.runtime);
  const states = files
    .filter((name) => name.endsWith('.py'))
    .map((name) => join(folder, name))
    .map((file) => ({ file, key: `${version} ${source.entry} ${file}`, state: stateOf(file) }));
  const changed = states.filter(({ key, state }) => checked.get(key) !== state);
  if (changed.length === 0) return;
  const { file: entryFile, exportName } = splitEntry(source.entry);
  const request = {
    files: changed.map(({ file }) => file),
    entry: join(folder, entryFile),
    handler: exportName,
  };
  const script = join(import.meta.dirname, 'check_sources.py');
  const result = await runProgram(program, ['-I', script], {
    input: JSON.stringify(request),
    timeoutSeconds: 60,
  });
  if (!result.succeeded) throw new BuildError(`Python could not check the code: ${result.stderr.trim()}`);
  const error = JSON.parse(result.stdout) as SourceError | null; // written by the script
  if (error !== null)
    throw new BuildError(error.message, {
      file: error.file
        .slice(folder.length + 1)
        .split(sep)
        .join('/'),
      line: error.line ?? undefined,
      column: error.column ?? undefined,
    });
  for (const { key, state } of changed) checked.set(key, state);
}

function stateOf(file: string): string {
  const { mtimeMs, size, ino } = statSync(file);
  return `${mtimeMs} ${size} ${ino}`;
}
