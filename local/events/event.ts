import { randomUUID } from 'node:crypto';

/**
 * An event as EventBridge delivers it.
 * https://docs.aws.amazon.com/eventbridge/latest/ref/overiew-event-structure.html
 */
export interface BusEvent {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': string;
  readonly source: string;
  readonly account: string;
  /** RFC 3339, in whole seconds, UTC. */
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
}

/** The members of an event that its sender sets; the bus adds the others. */
export interface EventFacts {
  readonly source: string;
  readonly detailType: string;
  readonly detail: Readonly<Record<string, unknown>>;
  readonly resources?: readonly string[];
  readonly time?: Date;
}

/** Account and region of events. */
export interface EventOrigin {
  readonly accountId: string;
  readonly region: string;
}

/** Creates an event with a new id from the sender's members. */
export function toBusEvent(facts: EventFacts, origin: EventOrigin): BusEvent {
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': facts.detailType,
    source: facts.source,
    account: origin.accountId,
    time: `${(facts.time ?? new Date()).toISOString().slice(0, 19)}Z`,
    region: origin.region,
    resources: facts.resources ?? [],
    detail: facts.detail,
  };
}
