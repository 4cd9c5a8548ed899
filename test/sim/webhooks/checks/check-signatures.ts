import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import type { AttemptMessage } from '../../../../core/ports/webhooks/webhook-queue.ts';
import type { WebhookSecrets } from '../../../../core/webhooks/model/webhook.ts';
import { maxSkew } from '../../world.ts';
import { type Entry, type Period, valuesIn } from '../history.ts';
import { historyOf, type Post, type WebhookLedger } from '../webhook-ledger.ts';
import { previousSecretMs } from './schedule.ts';

interface Signed {
  readonly message: AttemptMessage;
  readonly post: Post;
  readonly period: Period;
}

const toleranceMs = 2 * maxSkew;

/** A receiver with the current secret, or with one that was replaced less than a day ago, accepts the signatures. */
export function checkSignatures(ledger: WebhookLedger, { message, post, period }: Signed): void {
  const history = historyOf(ledger.secrets, message.webhookId);
  const { headers } = post.request;
  const signatures = (headers['webhook-signature'] ?? '').split(' ');
  const isSignedWith = (secret: string) => signatures.includes(signatureWith(secret, post));
  const about = `${message.deliveryId}: a request to the webhook ${message.webhookId}`;
  const current = valuesIn(history, period).flatMap((secrets) => (secrets === undefined ? [] : [secrets]));
  assert(
    current.some((secrets) => isSignedWith(secrets.current)),
    `${about} is not signed with its secret`,
  );
  for (const secret of validSecrets(history, period))
    assert(isSignedWith(secret), `${about} is not signed with a secret that is still valid`);
  const known = current.flatMap((secrets) => [secrets.current, secrets.previous?.secret ?? secrets.current]);
  const expected = new Set(known.map((secret) => signatureWith(secret, post)));
  for (const signature of signatures)
    assert(expected.has(signature), `${about} is signed with a secret that is not valid`);
}

/** The secrets that were valid during a whole period. */
function validSecrets(
  history: ReadonlyArray<Entry<WebhookSecrets | undefined>>,
  { from, to }: Period,
): readonly string[] {
  return history.flatMap(({ order, value }, index) => {
    if (value === undefined || order > from.order) return [];
    const [replaced, again] = history.slice(index + 1);
    if (replaced === undefined || replaced.order > to.order) return [value.current];
    if (replaced.value === undefined || replaced.order > from.order) return [];
    const isLast = again === undefined || again.order > to.order;
    return isLast && to.at < replaced.at + previousSecretMs - toleranceMs ? [value.current] : [];
  });
}

/** As Standard Webhooks specifies: the key is Base64 after the prefix `whsec_`. */
function signatureWith(secret: string, { request: { headers, body } }: Post): string {
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  const content = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
  return `v1,${createHmac('sha256', key).update(content).digest('base64')}`;
}
