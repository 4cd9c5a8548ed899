import { z } from 'zod';
import type { JobEvent } from '../../core/contract/schemas/event-schemas.ts';

/** What happens in the running service, for a person who watches it. */
export type Activity =
  /** A job has changed its state. */
  | { readonly kind: 'transition'; readonly event: JobEvent }
  /**
   * A function or a container has written a line. The job and the attempt are known for containers, and for functions that run one
   * call at a time.
   */
  | {
      readonly kind: 'line';
      /** Name of the function, or of the job on AWS Batch. */
      readonly source: string;
      readonly jobId?: string;
      readonly attempt?: number;
      readonly text: string;
    };

/** Passes activities on to any number of listeners. */
export interface ActivityFeed {
  /** False if a published activity reaches nobody. */
  readonly isFollowed: boolean;
  publish(activity: Activity): void;
  /** Returns a function that ends the subscription. */
  subscribe(listener: (activity: Activity) => void): () => void;
}

export function activityFeed(): ActivityFeed {
  const listeners = new Set<(activity: Activity) => void>();
  return {
    get isFollowed() {
      return listeners.size > 0;
    },
    publish: (activity) => {
      for (const listener of listeners) listener(activity);
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

/** A line of output of a function, with the JSON of the event that the function was invoked with, if it is known. */
interface OutputLine {
  readonly functionName: string;
  readonly event?: string;
  readonly text: string;
}

/** The members of an event that say which attempt invoked the function. */
const invocation = z.object({ job: z.object({ id: z.string(), attempt: z.int() }) });

/** The activity of a line, with the job and the attempt that it belongs to if the event of the function names them. */
export function lineOf({ functionName, event, text }: OutputLine): Activity {
  const parsed = event === undefined ? undefined : invocation.safeParse(JSON.parse(event));
  if (!parsed?.success) return { kind: 'line', source: functionName, text };
  const { id: jobId, attempt } = parsed.data.job;
  return { kind: 'line', source: functionName, jobId, attempt, text };
}

/** A line of output of a container, with its environment, in which Errand names the attempt. */
interface ContainerLine {
  readonly jobName: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly text: string;
}

export function containerLineOf({ jobName, environment, text }: ContainerLine): Activity {
  const { ERRAND_JOB_ID: jobId, ERRAND_ATTEMPT: attempt } = environment;
  if (jobId === undefined || attempt === undefined) return { kind: 'line', source: jobName, text };
  return { kind: 'line', source: jobName, jobId, attempt: Number(attempt), text };
}
