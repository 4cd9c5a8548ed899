import type { Fault } from '../events/fault.ts';

/** An attempt as its fault hook sees it, before it is placed. */
export interface PassingAttempt {
  readonly jobId: string;
  readonly jobName: string;
  readonly definitionArn: string;
  /** From 1. */
  readonly attempt: number;
}

/** What a fault hook does to an attempt. */
export type AttemptFault =
  /** The image is not there: the attempt ends before its command runs. */
  | { readonly kind: 'image-pull' }
  /** The job stays RUNNABLE, as one that no compute environment can take, until it is terminated. */
  | { readonly kind: 'no-capacity' }
  /** The capacity is taken back so long after the command began. */
  | { readonly kind: 'spot-interruption'; readonly afterMs: number };

/** An event of a job as its fault hook sees it. */
export interface PassingEvent {
  readonly jobId: string;
  readonly jobName: string;
  readonly status: string;
}

/** What a fault hook does to an event: any fault of a thing on its way, or leave out when attempts began and ended. */
export type EventFault = Fault | { readonly kind: 'untimed' };

/** Faults on purpose, for tests. Each hook is asked once for each thing; undefined lets it pass unharmed. */
export interface BatchFaults {
  readonly attempts?: (attempt: PassingAttempt) => AttemptFault | undefined;
  readonly events?: (event: PassingEvent) => EventFault | undefined;
}
