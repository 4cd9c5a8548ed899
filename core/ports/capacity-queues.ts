import type { JobKey } from './job-store.ts';

/** A job that waits for capacity. Within its tenant the highest priority comes first, then the oldest job. */
export interface QueuedJob extends JobKey {
  /** 0 to 3600. */
  readonly priority: number;
}

/** The state of a target that refused attempts for lack of capacity. Times are epoch milliseconds. */
export interface Congestion {
  /** See `capacityTarget`. */
  readonly target: string;
  /** Attempts are queued until then; each probe extends it. */
  readonly until: number;
  /** Number of attempts that were refused since the next probe was scheduled. */
  readonly refusals: number;
  /**
   * Number of jobs that the last probe started. Only refusals beyond this number are of jobs to which ended
   * attempts passed their turns.
   */
  readonly started: number;
  /** Identifies the next probe: a probe with another number does nothing. */
  readonly probeId: number;
  readonly probeAt: number;
  /** Number of jobs that the next probe starts. */
  readonly probeSize: number;
  /** The delay of the next probe, in seconds. */
  readonly pauseSeconds: number;
}

/** The jobs that wait for capacity, by target, and the next probe of each congested target. */
export interface CapacityQueues {
  /** Targets that are congested at `now`; writes within the last second may be missing. */
  congestedTargets(now: number): Promise<readonly string[]>;
  /** Strongly consistent. */
  read(target: string): Promise<Congestion | undefined>;
  /** Writes the state of a target if the stored one has the probe `expected`; undefined: if there is none. */
  write(next: Congestion, expected: number | undefined): Promise<'written' | 'conflict'>;
  /** Counts a refusal and returns the new state of the target; undefined if it is not congested. */
  noteRefusal(target: string): Promise<Congestion | undefined>;
  /** Removes the state of a target if the stored one has this probe. */
  end(target: string, probeId: number): Promise<'ended' | 'conflict'>;
  /** Adds a job to the queue of a target; a job that is already queued is not added again. */
  add(target: string, job: QueuedJob, now: number): Promise<void>;
  /**
   * The next jobs, at most `limit`: tenants in the order of their names, starting after the tenant that was
   * served last and wrapping around; within a tenant in the order of `QueuedJob`. Strongly consistent.
   */
  next(target: string, limit: number): Promise<readonly QueuedJob[]>;
  /**
   * Removes a job from the queue and makes its tenant the last one served; false if another call did so
   * before.
   */
  take(target: string, job: QueuedJob): Promise<boolean>;
}
