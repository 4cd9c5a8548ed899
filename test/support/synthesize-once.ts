import { synthesize } from '../../bin/synthesize.ts';

/** Runs before all tests, so that the workers find the assembly instead of each creating it at the same time. */
export async function setup(): Promise<void> {
  await synthesize();
}
