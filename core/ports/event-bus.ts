import type { PublishedEvent } from '../contract/schemas/event-schemas.ts';

/** The bus for the events of jobs, operations and webhooks. */
export interface EventBus {
  /** Publishes events in any order, with its own retries; returns the events that could not be published. */
  publish(events: readonly PublishedEvent[]): Promise<readonly PublishedEvent[]>;
}
