import type { JobKey } from './job-store.ts';

/** A job that waits for capacity: within its tenant the highest priority is first, then the oldest job. */
export interface QueuedJob extends JobKey {
  /** 0 to 3600. */
  readonly priority: number;
}

/** What is known of a target that refused attempts for want of capacity. Times are milliseconds since 1970. */
export interface Congestion {
  /** See `capacityTarget`. */
  readonly target: string;
  /** Attempts are queued until then; each probe moves it. */
  readonly until: number;
  /** How many attempts were refused since the next probe was scheduled. */
  readonly refusals: number;
  /** How many jobs the last probe started: so many refusals say nothing of the turns that ended attempts passed on. */
  readonly started: number;
  /** Identifies the next probe: an earlier one does nothing. */
  readonly probe: number;
  readonly probeAt: number;
  /** How many jobs the next probe starts. */
  readonly width: number;
  /** How long the next probe was delayed, in seconds. */
  readonly pauseSeconds: number;
}

/** The jobs that wait for capacity, by target, and when each congested target is tried again. */
export interface CapacityQueues {
  /** Targets that are congested at `now`; what was written within the last second may be missing. */
  congestedTargets(now: number): Promise<readonly string[]>;
  /** Strongly consistent. */
  read(target: string): Promise<Congestion | undefined>;
  /** Writes what is known of a target, if the stored one has the probe `expected`; undefined: if there is none. */
  write(next: Congestion, expected: number | undefined): Promise<'written' | 'conflict'>;
  /** Counts a refusal, and returns what is known of the target then; undefined for one that is not congested. */
  noteRefusal(target: string): Promise<Congestion | undefined>;
  /** Forgets a target, if the stored one has this probe. */
  end(target: string, probe: number): Promise<'ended' | 'conflict'>;
  /** Adds a job to the queue of a target; one that is there stays once. */
  add(target: string, job: QueuedJob, now: number): Promise<void>;
  /**
   * The jobs whose turn is next, at most `limit`: those of the tenants behind the one that was served last, in the order of
   * their names and beginning again after the last name, and within a tenant in the order of `QueuedJob`. Strongly consistent.
   */
  next(target: string, limit: number): Promise<readonly QueuedJob[]>;
  /** Takes a job out of the queue, and makes its tenant the one that was served last; false when another did before. */
  take(target: string, job: QueuedJob): Promise<boolean>;
}
