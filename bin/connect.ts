import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { settings } from './settings.ts';
import { startErrand } from './start-errand.ts';

export interface Connection {
  readonly url: string;
  readonly apiKey: string;
  stop(): Promise<void>;
}

/** The local service: the one that runs on the port, or else one of the caller's own with its own data folder. */
export async function connect(): Promise<Connection> {
  const { port, dataDirectory, apiKey } = settings();
  const url = `http://127.0.0.1:${port}`;
  if (await answersAsErrand(url)) {
    console.log(`Using the Errand that runs at ${url}`);
    return { url, apiKey: apiKey ?? readKey(dataDirectory), stop: async () => {} };
  }
  return startErrand({ port, dataDirectory: join(dataDirectory, 'demo'), apiKey, print: console.log });
}

async function answersAsErrand(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/v1/health`, { signal: AbortSignal.timeout(2000) });
    return response.ok && ((await response.json()) as { status?: string }).status === 'ok';
  } catch {
    return false; // Nothing listens there, or something that is not Errand: the start will say so.
  }
}

function readKey(dataDirectory: string): string {
  const file = join(dataDirectory, 'api-key');
  if (existsSync(file)) return readFileSync(file, 'utf8').trim();
  throw new Error(`The running service's key is neither in ERRAND_API_KEY nor in ${file}`);
}
