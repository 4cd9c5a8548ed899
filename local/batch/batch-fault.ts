import type { Fault } from '../events/fault.ts';

/** An attempt that is passed to the fault hook before it is placed. */
export interface PassingAttempt {
  readonly jobId: string;
  readonly jobName: string;
  readonly definitionArn: string;
  /** Number of the attempt, from 1. */
  readonly attempt: number;
}

/** A fault that a hook injects into an attempt. */
export type AttemptFault =
  /** The image does not exist: the attempt ends before its command runs. */
  | { readonly kind: 'image-pull' }
  /** The job remains RUNNABLE until it is terminated, as if no compute environment could run it. */
  | { readonly kind: 'no-capacity' }
  /** The capacity is reclaimed this long after the start of the command. */
  | { readonly kind: 'spot-interruption'; readonly afterMs: number };

/** An event of a job that is passed to the fault hook. */
export interface PassingEvent {
  readonly jobId: string;
  readonly jobName: string;
  readonly status: string;
}

/**
 * A fault that a hook injects into an event: any delivery fault, or the omission of the times at which
 * attempts started and ended.
 */
export type EventFault = Fault | { readonly kind: 'untimed' };

/** Injected faults, for tests. Each hook is called once for each subject; undefined injects no fault. */
export interface BatchFaults {
  readonly attempts?: (attempt: PassingAttempt) => AttemptFault | undefined;
  readonly events?: (event: PassingEvent) => EventFault | undefined;
}
