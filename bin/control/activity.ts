import type { JobEvent } from '../../core/contract/schemas/event-schemas.ts';

/** What happens in the running service, for a person who watches it. */
export type Activity =
  /** A job has changed its state. */
  | { readonly kind: 'transition'; readonly event: JobEvent }
  /** A function has written a line. The job and the attempt are known for functions that run one call at a time. */
  | {
      readonly kind: 'line';
      readonly functionName: string;
      readonly jobId?: string;
      readonly attempt?: number;
      readonly text: string;
    };

/** Passes activities on to any number of listeners. */
export interface ActivityFeed {
  publish(activity: Activity): void;
  /** Returns a function that ends the subscription. */
  subscribe(listener: (activity: Activity) => void): () => void;
}

export function activityFeed(): ActivityFeed {
  const listeners = new Set<(activity: Activity) => void>();
  return {
    publish: (activity) => {
      for (const listener of listeners) listener(activity);
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
