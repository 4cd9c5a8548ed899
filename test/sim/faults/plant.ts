import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findDeclaration } from './find-declaration.ts';
import type { Edit } from './mutation.ts';

/**
 * The file below `root` that declares the function, with the fault in it. Throws unless the declaration contains the
 * replaced text exactly once.
 */
export function plantEdit(
  root: string,
  { within, from, to }: Edit,
): { readonly file: string; readonly text: string } {
  const { file, start, end } = findDeclaration(root, within);
  const text = readFileSync(join(root, file), 'utf8');
  const declaration = text.slice(start, end);
  if (declaration.split(from).length !== 2)
    throw new Error(`${within} in ${file} does not contain this exactly once: ${from}`);
  const changed = declaration.replace(from, () => to);
  return { file, text: text.slice(0, start) + changed + text.slice(end) };
}
