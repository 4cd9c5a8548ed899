import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { settings } from './settings.ts';
import { startErrand } from './start-errand.ts';

/** A running local Errand. `stop` stops it only if it was started by `connect`. */
export interface Connection {
  readonly url: string;
  readonly apiKey: string;
  stop(): Promise<void>;
}

/**
 * Connects to the Errand that runs on the configured port or, if there is none, starts one with a separate
 * data folder.
 */
export async function connect(): Promise<Connection> {
  const { port, dataDirectory, apiKey } = settings();
  const url = `http://127.0.0.1:${port}`;
  if (await isErrand(url)) {
    console.log(`Using the running Errand at ${url}`);
    return { url, apiKey: apiKey ?? readKey(dataDirectory), stop: async () => {} };
  }
  return startErrand({ port, dataDirectory: join(dataDirectory, 'demo'), apiKey, print: console.log });
}

async function isErrand(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/v1/health`, { signal: AbortSignal.timeout(2000) });
    return response.ok && ((await response.json()) as { status?: string }).status === 'ok';
  } catch {
    return false; // Nothing listens on the port, or another program does: then the start reports that the port is taken.
  }
}

function readKey(dataDirectory: string): string {
  const file = join(dataDirectory, 'api-key');
  if (existsSync(file)) return readFileSync(file, 'utf8').trim();
  throw new Error(
    `No API key for the running Errand: set ERRAND_API_KEY, or set ERRAND_DATA_DIR to its data folder (no file ${file})`,
  );
}
