import type { BoundCommand, BoundProcess } from './bound-process.ts';
import { spawnInJob } from './spawn-in-job.ts';
import { spawnWatched } from './spawn-watched.ts';

/**
 * Starts a program that ends when this process ends, even if this process is killed. The program gets no
 * input. Throws for arguments that no process can have, such as text with a NUL character.
 */
export function spawnBound(options: BoundCommand, platform = process.platform): BoundProcess {
  return platform === 'win32' ? spawnInJob(options) : spawnWatched(options);
}
