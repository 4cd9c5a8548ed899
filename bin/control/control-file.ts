import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where a running local service can be controlled, and the token that its control server requires. */
export interface ControlAddress {
  /** Base URL of the control server, on 127.0.0.1. */
  readonly url: string;
  readonly token: string;
  /** Base URL of the API. */
  readonly apiUrl: string;
  /** Process that runs the service. */
  readonly pid: number;
}

const fileIn = (dataDirectory: string): string => join(dataDirectory, 'control.json');

/** Writes the address for other programs of the same user. The file is replaced in one step. */
export function writeControlFile(dataDirectory: string, address: ControlAddress): void {
  const file = fileIn(dataDirectory);
  writeFileSync(`${file}.new`, JSON.stringify(address), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

export function removeControlFile(dataDirectory: string): void {
  rmSync(fileIn(dataDirectory), { force: true });
}

/** Returns undefined if no service has run with this data folder, or its last one has stopped. A crash leaves the file behind. */
export function readControlFile(dataDirectory: string): ControlAddress | undefined {
  const file = fileIn(dataDirectory);
  if (!existsSync(file)) return undefined;
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as ControlAddress; // written by this module
  } catch {
    return undefined;
  }
}
