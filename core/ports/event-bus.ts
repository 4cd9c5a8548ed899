import type { JobEvent } from '../contract/schemas/event-schemas.ts';

/** The bus for status events. */
export interface EventBus {
  /** Publishes events in any order, with its own retries; returns the events that could not be published. */
  publish(events: readonly JobEvent[]): Promise<readonly JobEvent[]>;
}
