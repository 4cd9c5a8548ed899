import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';

const names = ['chromium', 'chromium-browser', 'google-chrome'];

/** Starts the Chromium of this machine without a window. Throws if there is none. */
export async function startChromium(): Promise<Browser> {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const programs = folders.flatMap((folder) => names.map((name) => join(folder, name)));
  const executablePath = programs.find((program) => existsSync(program));
  if (executablePath === undefined)
    throw new Error(`Chromium is not installed: there is no ${names.join(', ')} in PATH`);
  return chromium.launch({ executablePath });
}
