import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Source code that a template contains, and where to write it. */
export interface InlineCode {
  readonly source: string;
  /** Runtime of the function, such as `nodejs24.x`. */
  readonly runtime: string;
  /** Folder below which the code is written. */
  readonly directory: string;
}

/**
 * Writes the code of a function that is part of its template, and returns its folder. Lambda names the file `index` and
 * runs JavaScript as a CommonJS module.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-lambda-function-code.html (ZipFile)
 */
export function writeInlineCode({ source, runtime, directory }: InlineCode): string {
  const isPython = runtime.startsWith('python');
  const hash = createHash('sha256').update(`${isPython}\0${source}`).digest('hex').slice(0, 32);
  const folder = join(directory, hash);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, isPython ? 'index.py' : 'index.js'), source);
  // A package.json in a folder above could make it an ES module.
  writeFileSync(join(folder, 'package.json'), '{"type":"commonjs"}');
  return folder;
}
