import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ApiAccess } from './api-access.ts';
import { settings } from './settings.ts';
import { startErrand } from './start-errand.ts';
import { wrap } from './terminal/layout.ts';
import type { Screen } from './terminal/screen.ts';
import type { Step } from './terminal/step.ts';

/** A running local Errand. `stop` stops it only if it was started by `connect`. */
export interface Connection extends ApiAccess {
  stop(): Promise<void>;
}

/**
 * Connects to the Errand that runs on the configured port or, if there is none, starts one with a separate
 * data folder.
 */
export async function connect(screen: Screen, step: Step): Promise<Connection> {
  const { port, dataDirectory, apiKey } = settings();
  const url = `http://127.0.0.1:${port}`;
  if (await isErrand(url)) {
    screen.print(`Using the running Errand at ${url}`);
    return { url, apiKey: apiKey ?? readKey(dataDirectory), stop: async () => {} };
  }
  const errand = await startErrand({
    port,
    dataDirectory: join(dataDirectory, 'demo'),
    apiKey,
    print: (text) => {
      for (const line of wrap(text)) screen.print(line);
    },
    step,
  });
  return { url: errand.url, apiKey: errand.apiKey, stop: () => step('Stopping Errand', errand.stop) };
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
