import type { PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import type { PublishedEvent } from '../../core/contract/schemas/event-schemas.ts';

/** An event and its EventBridge entry. */
export interface EventEntry {
  readonly event: PublishedEvent;
  readonly entry: PutEventsRequestEntry;
  /** The size as EventBridge calculates it. */
  readonly sizeBytes: number;
}

const source = 'errand';

/**
 * The size of the time of an entry
 * (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevent-size.html).
 */
const timeBytes = 14;

/**
 * Creates an entry: the whole CloudEvent as the detail, its type as the detail type, the URN of the job, the
 * operation or the webhook as the resource.
 */
export function toEntry(event: PublishedEvent, busName: string): EventEntry {
  const detail = JSON.stringify(event);
  const texts = [source, event.type, detail, event.subject];
  return {
    event,
    entry: {
      EventBusName: busName,
      Source: source,
      DetailType: event.type,
      Detail: detail,
      Resources: [event.subject],
      Time: new Date(event.time),
    },
    sizeBytes: texts.reduce((size, text) => size + Buffer.byteLength(text), timeBytes),
  };
}
