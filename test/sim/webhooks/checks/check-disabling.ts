import assert from 'node:assert/strict';
import type { Webhook } from '../../../../core/webhooks/model/webhook.ts';
import { maxSkew } from '../../world.ts';
import { type Entry, type History, type Moment, valuesIn } from '../history.ts';
import { historyOf, type Processing, type WebhookLedger } from '../webhook-ledger.ts';
import { isSuccess } from './check-delivery.ts';
import { disableAfterMs } from './schedule.ts';

const toleranceMs = 2 * maxSkew + 1000;
/** Attempts at the same time as the first failure may not see it yet. */
const overlapMs = 600_000;
const never: Moment = { order: Number.POSITIVE_INFINITY, at: Number.POSITIVE_INFINITY };

/**
 * The service disables a webhook exactly if its URL is gone, or if all attempts since it was last enabled or moved have failed for
 * five days, and publishes that.
 */
export function checkDisabling(ledger: WebhookLedger): void {
  const byWebhook = Map.groupBy(ledger.processings, ({ message }) => message.webhookId);
  for (const [webhookId, history] of ledger.webhooks) {
    const processings = byWebhook.get(webhookId) ?? [];
    for (const [index, entry] of history.entries()) {
      if (entry.value?.status !== 'disabled' || history[index - 1]?.value?.status !== 'active') continue;
      checkCause(processings, history, entry);
      checkAnnouncement(ledger, processings, history.slice(index));
    }
    checkDuty(history, processings);
  }
  for (const { id, data } of ledger.announced) {
    const [webhookId = '', version] = id.split('/');
    const entry = historyOf(ledger.webhooks, webhookId).find(
      ({ value }) => value?.version === Number(version),
    );
    const { disabledReason } = data as { readonly disabledReason?: string }; // of an event about a webhook
    assert.equal(entry?.value?.disabledReason, disabledReason, `${webhookId}: an event about another reason`);
  }
}

/** A webhook that the service disabled had a cause. */
function checkCause(
  processings: readonly Processing[],
  history: History<Webhook>,
  { value, order, at }: Entry<Webhook | undefined>,
): void {
  const before = processings.filter(({ post }) => (post?.order ?? order) < order);
  if (value?.disabledReason === 'gone')
    assert(
      before.some(({ post }) => post?.request.url === value.url && statusOf(post) === 410),
      `${value.id}: was disabled as gone, though no receiver at its URL said so`,
    );
  if (value?.disabledReason !== 'failing') return;
  const reset = resetBefore(history, order);
  assert(
    at - reset.at >= disableAfterMs - toleranceMs,
    `${value.id}: was disabled for failures, though it was enabled or moved ${at - reset.at} ms before`,
  );
  const success = before.find(
    ({ post, recorded, isAcknowledged, ended }) =>
      isSuccess(recorded?.status) &&
      isAcknowledged === true &&
      (ended ?? never).order < order &&
      (post?.order ?? 0) > reset.order &&
      (post?.at ?? 0) > at - disableAfterMs + overlapMs,
  );
  assert.equal(success, undefined, `${value.id}: was disabled for failures, though it received an event`);
}

/** The last moment before another one at which the failures so far were forgotten. */
function resetBefore(history: History<Webhook>, before: number): Moment {
  const resets = history.filter(({ order, value }, index) => {
    const previous = history[index - 1]?.value;
    const isReset =
      previous?.url !== value?.url || (previous?.status !== 'active' && value?.status === 'active');
    return order < before && isReset;
  });
  return resets.at(-1) ?? { order: 0, at: 0 };
}

/** A process that has recorded the cause has disabled the webhook when it ends. */
function checkDuty(history: History<Webhook>, processings: readonly Processing[]): void {
  for (const processing of processings) {
    const { post, ended, isAcknowledged, received, recorded } = processing;
    if (post === undefined || ended === undefined || isAcknowledged !== true) continue;
    const isCause =
      recorded?.status === 410 ||
      (isFailure(processing) && hasFailedTooLong(processing, history, processings));
    if (!isCause) continue;
    const webhooks = valuesIn(history, { from: received, to: ended });
    const isOver = webhooks.some((one) => one?.status !== 'active' || one.url !== post.request.url);
    assert(
      isOver,
      `${processing.message.webhookId}: was not disabled after ${recorded?.status ?? 'an error'} at ${post.at}`,
    );
  }
}

/** Whether all attempts before this one have failed for five days, whatever was concurrent. */
function hasFailedTooLong(
  { received, post, ended }: Processing,
  history: History<Webhook>,
  processings: readonly Processing[],
): boolean {
  const reset = resetBefore(history, received.order);
  const others = processings.filter((one) => one.received.order > reset.order);
  const first = others.find(
    (one) =>
      isFailure(one) &&
      one.isAcknowledged === true &&
      (one.ended ?? never).order < received.order &&
      (post?.at ?? 0) - (one.post?.at ?? 0) >= disableAfterMs + toleranceMs &&
      new Set(valuesIn(history, { from: one.received, to: one.ended ?? never })).size === 1,
  );
  if (first === undefined) return false;
  const isInBetween = (one: Processing) =>
    (one.ended ?? never).order > first.received.order && one.received.order < (ended ?? never).order;
  return !others.some((one) => isSuccess(statusOf(one.post)) && isInBetween(one));
}

/**
 * The event about a disabled webhook is published at the latest by the next process that has a message for it.
 * @param history from the moment at which it was disabled
 */
function checkAnnouncement(
  { announced }: WebhookLedger,
  processings: readonly Processing[],
  history: History<Webhook>,
): void {
  const [{ value, order } = { value: undefined, order: 0 }] = history;
  if (value?.disabledReason !== 'gone' && value?.disabledReason !== 'failing') return;
  const isOver = history.findIndex((entry) => entry.value?.status !== 'disabled');
  const end = history[isOver] ?? never;
  const versions = history.slice(0, isOver === -1 ? undefined : isOver).map((entry) => entry.value?.version);
  const isProcessed = processings.some(
    ({ message, received, ended, isAcknowledged }) =>
      message.kind === 'attempt' &&
      isAcknowledged === true &&
      received.order > order &&
      (ended ?? never).order < end.order,
  );
  const isAnnounced = announced.some(({ id }) => versions.some((version) => id === `${value.id}/${version}`));
  assert(isAnnounced || !isProcessed, `${value.id}: no event reports that it was disabled`);
}

function statusOf(post: Processing['post']): number | undefined {
  return post?.response?.kind === 'response' ? post.response.status : undefined;
}

function isFailure({ recorded }: Processing): boolean {
  return recorded !== undefined && !isSuccess(recorded.status);
}
