import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Writes a Dockerfile whose only content is the command of a service without an image. Returns its path. */
export function commandImage(command: readonly string[], directory: string): string {
  mkdirSync(directory, { recursive: true });
  const file = join(directory, 'Dockerfile');
  writeFileSync(file, `CMD ${JSON.stringify(command)}\n`);
  return file;
}
