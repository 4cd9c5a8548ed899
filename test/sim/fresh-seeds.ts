import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';

/** Where a range of seeds begins that nobody has run, and what it was made of. */
export interface FreshSeeds {
  readonly from: number;
  readonly source: string;
}

/** Ranges begin above the seeds that are chosen by hand, and at one of 2^28 places. */
const [lowest, places] = [100_000_000, 2 ** 28];

/**
 * The first seed of a commit's own range: the same for the same commit, so that a broken run can be repeated. Without a
 * commit, as in a copy of the sources, it is made of the time.
 * @param now milliseconds since 1970
 */
export function freshSeeds(commit: string | undefined, now: number): FreshSeeds {
  const text = commit ?? String(now);
  const from = lowest + (createHash('sha256').update(text).digest().readUInt32BE(0) % places);
  return { from, source: commit === undefined ? 'the time, for want of a commit' : `commit ${commit}` };
}

/** The commit that is checked out in a folder; undefined when it is no checkout, or there is no git. */
export function commitOf(folder: string): string | undefined {
  const { status, stdout } = spawnSync('git', ['rev-parse', 'HEAD'], { cwd: folder, encoding: 'utf8' });
  return status === 0 ? stdout.trim() : undefined;
}
