import assert from 'node:assert/strict';
import type { JobEvent } from '../../../../core/contract/schemas/event-schemas.ts';
import type { JobChange } from '../../../../core/events/publish-events.ts';
import type { Webhook } from '../../../../core/webhooks/model/webhook.ts';
import { type History, valuesBetween, valuesIn, valuesSince } from '../history.ts';
import { deliveryKey, historyOf, type Processing, type WebhookLedger } from '../webhook-ledger.ts';
import { eventsOfChanges, type TrueEvent } from './event-truth.ts';

/** A publisher remembers webhooks for 5 s, and reads a list that may be 1 s old; the rest is the time of the calls. */
const rememberedMs = 10_000;

const never = { order: Number.POSITIVE_INFINITY, at: Number.POSITIVE_INFINITY };

/**
 * A webhook gets each event that it matched while the event was published, or that it matches after a request for missed events,
 * or its delivery has ended; and no event that it did not match. Each event has one delivery to each webhook.
 */
export function checkEvents(ledger: WebhookLedger, changes: readonly JobChange[]): void {
  const byKey = Map.groupBy(ledger.processings, keyOf);
  const events = eventsOfChanges(changes);
  for (const [webhookId, history] of ledger.webhooks)
    for (const known of events.values()) checkEvent(ledger, { ...known, webhookId, history, byKey });
  const seen = new Set<string>();
  for (const [key, history] of ledger.deliveries) {
    const delivery = history[0]?.value.delivery;
    const about = `${delivery?.webhookId} ${delivery?.eventId}`;
    assert(!seen.has(about), `${key}: this event has two deliveries`);
    seen.add(about);
    const isTest = delivery?.eventId.endsWith('/0') === true;
    assert(isTest || events.has(delivery?.eventId ?? ''), `${key}: there is no such event`);
  }
}

function keyOf({ message }: Processing): string {
  return message.kind === 'attempt' ? deliveryKey(message.webhookId, message.deliveryId) : '';
}

interface Checked extends TrueEvent {
  readonly webhookId: string;
  readonly history: History<Webhook>;
  readonly byKey: ReadonlyMap<string, readonly Processing[]>;
}

function checkEvent(ledger: WebhookLedger, { event, change, webhookId, history, byKey }: Checked): void {
  const publication = ledger.publications.get(change.position);
  assert(publication !== undefined, `${event.id}: this event was never sent to webhooks`);
  const { first, last } = publication;
  const deliveryId = `${String(Date.parse(event.time)).padStart(13, '0')}-${event.id.replace('/', '-')}`;
  const key = deliveryKey(webhookId, deliveryId);
  const about = `${event.id}: this event, for the webhook ${webhookId},`;
  const webhooks = valuesBetween(history, first.at - rememberedMs, last.at);
  const processings = byKey.get(key) ?? [];
  const isMatched = webhooks.some((webhook) => gets(webhook, event));
  const searches = searchesFor(ledger, { webhookId, at: Date.parse(event.time) });
  const isFound = searches.some(({ received, ended = never }) =>
    valuesIn(history, { from: received, to: ended }).some((webhook) => gets(webhook, event)),
  );
  const mayGet = isMatched || isFound;
  assert(mayGet || processings.length === 0, `${about} was delivered, though it does not match`);
  const isToBeFound = searches.some(
    ({ message, received, isAcknowledged }) =>
      isAcknowledged === true &&
      message.logPosition === undefined &&
      last.order < received.order &&
      valuesSince(history, received).every((webhook) => gets(webhook, event)),
  );
  if (!isToBeFound && !webhooks.every((webhook) => gets(webhook, event))) return;
  const isReceived = processings.some(({ post }) => post?.isAccepted === true);
  const isRecorded = historyOf(ledger.deliveries, key).length > 0;
  const wasDeleted = valuesSince(history, first).some((webhook) => webhook === undefined);
  assert(isReceived || isRecorded || wasDeleted, `${about} is lost`);
}

/** The messages that search the event log for events which a webhook missed, among them those of a time. */
function searchesFor(
  { processings }: WebhookLedger,
  { webhookId, at }: { readonly webhookId: string; readonly at: number },
) {
  return processings.flatMap((processing) => {
    const { message } = processing;
    const isSearch = message.kind === 'redelivery' && message.include === 'missed';
    if (!isSearch || message.webhookId !== webhookId || at < message.since) return [];
    return [{ ...processing, message }];
  });
}

/** Whether an active webhook matches an event. */
function gets(webhook: Webhook | undefined, { type, tenant, data }: JobEvent): boolean {
  if (webhook?.status !== 'active' || webhook.tenant !== tenant) return false;
  const { states, services, tags } = webhook;
  const isAny = <Value>(chosen: readonly Value[], values: readonly (Value | undefined)[]) =>
    chosen.length === 0 || chosen.some((one) => values.includes(one));
  return (
    isAny<string>(states, [type.replace('errand.job.', '')]) &&
    isAny(services, [data.service?.name]) &&
    isAny(tags, data.tags)
  );
}
