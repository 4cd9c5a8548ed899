import { synthesize } from '../../bin/synthesize.ts';

/** Runs before all tests: the workers find the assembly made, and do not each make it at the same time. */
export function setup(): void {
  synthesize();
}
