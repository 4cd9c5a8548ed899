import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const variable = 'ERRAND_TEST_DIRECTORY';

/** Runs before all tests: creates the folder for what outlives a test file, and deletes it once the workers have ended. */
export function setup(): () => void {
  const directory = mkdtempSync(join(tmpdir(), 'errand-tests-'));
  process.env[variable] = directory;
  return () => rmSync(directory, { recursive: true, force: true });
}

/** The folder for what outlives a test file. */
export function sharedDirectory(): string {
  const directory = process.env[variable];
  if (directory === undefined)
    throw new Error(`${variable} is set by the test run, of which this is no part`);
  return directory;
}
