import type { JobEvent } from '../contract/schemas/event-schemas.ts';

/** Where status events are published. */
export interface EventBus {
  /** Publishes in any order, after retries of its own; answers the events that could not be published. */
  publish(events: readonly JobEvent[]): Promise<readonly JobEvent[]>;
}
