import { createHash, randomUUID } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The origin in the template for web pages that an installed package contains. */
export const placeholderOrigin = 'https://origin.invalid';

/** Name of that template, beside the one without allowed origins. */
export const templateWithOrigins = 'Errand.with-origins.template.json';

const template = 'Errand.template.json';

const listOfPlaceholder = new RegExp(`\\[\\s*"${placeholderOrigin}"\\s*\\]`, 'g');

/**
 * Copies the assembly of an installed package, which cannot be synthesized again, below a folder, with a
 * template that allows these origins. A copy is complete once it has its final name, and equal copies share it.
 * @returns absolute path of the copy
 */
export function assemblyWithOrigins(packaged: string, folder: string, origins: readonly string[]): string {
  const text = allowOrigins(readFileSync(join(packaged, templateWithOrigins), 'utf8'), origins);
  const copy = join(folder, createHash('sha256').update(text).digest('hex').slice(0, 16));
  if (existsSync(copy)) return copy;
  const fresh = `${copy}.${randomUUID()}`;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  try {
    cpSync(packaged, fresh, { recursive: true });
    writeFileSync(join(fresh, template), text);
    renameSync(fresh, copy);
  } catch (error) {
    if (!existsSync(copy)) throw error; // Otherwise another process finished first.
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
  return copy;
}

/**
 * A gateway response has one literal origin, in single quotes: `*` for several (infra/api/gateway-responses.ts). The bucket has a
 * list of them, and the functions a text.
 */
function allowOrigins(text: string, origins: readonly string[]): string {
  const [first = '', ...others] = origins;
  return text
    .replaceAll(listOfPlaceholder, JSON.stringify(origins))
    .replaceAll(`'${placeholderOrigin}'`, `'${others.length === 0 ? first : '*'}'`)
    .replaceAll(placeholderOrigin, origins.join(' '));
}
