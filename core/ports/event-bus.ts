import type { PublishedEvent } from '../contract/schemas/event-schemas.ts';

/** The bus for the events of jobs and operations. */
export interface EventBus {
  /** Publishes events in any order, with its own retries; returns the events that could not be published. */
  publish(events: readonly PublishedEvent[]): Promise<readonly PublishedEvent[]>;
}
