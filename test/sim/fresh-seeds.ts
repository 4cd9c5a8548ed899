import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';

/** The start of a range of seeds that was never run, and its source. */
export interface FreshSeeds {
  readonly from: number;
  readonly source: string;
}

/** Ranges start above the seeds that are chosen by hand, at one of 2^28 positions. */
const [lowest, positions] = [100_000_000, 2 ** 28];

/**
 * The first seed of a commit's own range: the same for the same commit, so that a failed run can be repeated. Without a
 * commit, as in a copy of the sources, it is derived from the time.
 * @param now milliseconds since 1970
 */
export function freshSeeds(commit: string | undefined, now: number): FreshSeeds {
  const text = commit ?? String(now);
  const from = lowest + (createHash('sha256').update(text).digest().readUInt32BE(0) % positions);
  return { from, source: commit === undefined ? 'the time, for want of a commit' : `commit ${commit}` };
}

/** The commit that is checked out in a folder; undefined without a checkout or without git. */
export function commitOf(folder: string): string | undefined {
  const { status, stdout } = spawnSync('git', ['rev-parse', 'HEAD'], { cwd: folder, encoding: 'utf8' });
  return status === 0 ? stdout.trim() : undefined;
}
