import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { ApiAccess } from '../../bin/api-access.ts';
import { CliError } from '../cli-error.ts';
import { readServices } from './read-services.ts';
import { typesModule } from './types-module.ts';

/** Options of `errand types`. */
export interface TypesOptions {
  /** File of the module; undefined: standard output. */
  readonly out: string | undefined;
  /** `name` or `name@range`; empty: all services. */
  readonly services: readonly string[];
  /** Compares the file instead of writing it. */
  readonly isCheck: boolean;
}

/**
 * Writes the types of the registered services, or compares them with the file. Returns the exit status: 1 if the compared file is
 * missing or out of date.
 */
export async function writeTypes(
  api: ApiAccess,
  { out, services, isCheck }: TypesOptions,
  print: { readonly log: (text: string) => void; readonly error: (text: string) => void },
): Promise<number> {
  if (isCheck && out === undefined)
    throw new CliError('--check compares a file: name it with --out, such as --out src/errand-types.ts', 2);
  const described = await readServices(api, services);
  const text = typesModule(described);
  if (out === undefined) {
    print.log(text.trimEnd());
    return 0;
  }
  const file = resolve(out);
  const isCurrent = existsSync(file) && readFileSync(file, 'utf8').replaceAll('\r\n', '\n') === text;
  if (isCheck && !isCurrent) {
    print.error(
      `${out} ${existsSync(file) ? 'is out of date' : 'does not exist'}: run the command without --check`,
    );
    return 1;
  }
  if (!isCurrent) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  const count = described.reduce((sum, { versions }) => sum + versions.length, 0);
  const versions = `${count} ${count === 1 ? 'version' : 'versions'}`;
  print.error(
    `${out} ${isCurrent ? 'is up to date' : 'was written'}: ${versions} of ${described.length === 1 ? '1 service' : `${described.length} services`}`,
  );
  return 0;
}
