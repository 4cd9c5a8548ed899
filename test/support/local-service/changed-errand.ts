import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StartOptions } from '../../../bin/start-errand.ts';
import { type AssemblyChange, copyAssembly } from './assembly-copy.ts';
import { startOwnErrand, type TestErrand } from './local-errand.ts';

/** A local service from a changed copy of the assembly, which is deleted with its data folder. */
export async function startChangedErrand(
  changes: readonly AssemblyChange[],
  options: Partial<StartOptions> = {},
): Promise<TestErrand> {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'errand-changed-'));
  const assemblyDirectory = join(dataDirectory, 'assembly');
  try {
    await copyAssembly(assemblyDirectory, changes);
    return await startOwnErrand({ ...options, dataDirectory, assemblyDirectory });
  } catch (error) {
    rmSync(dataDirectory, { recursive: true, force: true });
    throw error;
  }
}
