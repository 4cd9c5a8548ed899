import { ProblemError } from '../contract/problems/problem-error.ts';
import type { NewWebhook, WebhookWarning } from '../contract/schemas/webhook-schemas.ts';
import type { Clock } from '../ports/clock.ts';
import type { IdempotencyStore } from '../ports/idempotency-store.ts';
import type { Random } from '../ports/random.ts';
import type { WebhookKey, WebhookSecretStore, WebhookStore } from '../ports/webhooks/webhook-store.ts';
import { timeInId } from '../std/id-time.ts';
import { omitUndefined } from '../std/omit-undefined.ts';
import { webhookSecret } from './model/sign.ts';
import type { Webhook, WebhookSecrets } from './model/webhook.ts';
import { parseWebhookUrl } from './model/webhook-url.ts';
import { type CheckHostDeps, checkHost } from './records/check-host.ts';
import { retentionSeconds, wasDeleted } from './records/deletion-record.ts';

export interface CreateWebhookDeps extends CheckHostDeps {
  readonly webhooks: Pick<WebhookStore, 'insert' | 'get' | 'list' | 'remove'>;
  readonly webhookSecrets: Pick<WebhookSecretStore, 'insert' | 'get' | 'remove'>;
  readonly idempotency: IdempotencyStore;
  readonly clock: Pick<Clock, 'now'>;
  readonly random: Pick<Random, 'jobId' | 'secret'>;
}

export interface CreateWebhookInput {
  readonly tenant: string;
  readonly description: NewWebhook;
  readonly idempotency?: { readonly key: string; readonly fingerprint: string } | undefined;
}

export interface CreatedWebhook {
  readonly webhook: Webhook;
  readonly secrets: WebhookSecrets;
  /** True if an earlier request with the same key created the webhook. */
  readonly replayed: boolean;
  /** Absent if an earlier request created the webhook. */
  readonly warnings?: readonly WebhookWarning[];
}

/** Each event is compared with all webhooks of its tenant; documented in docs/guides/webhooks.md. */
const maxWebhooks = 20;

/**
 * Creates a webhook with a new secret, or returns the webhook of an earlier request with the same idempotency key. The secret is
 * stored first, so a stored webhook has one. Throws `invalid-request`, `too-many-webhooks` and `idempotency-key-reused`, and `not-found`
 * if the webhook of the earlier request was deleted. Several requests at the same time never exceed the maximum number together, and
 * all of them may be refused although one would have fitted.
 */
export async function createWebhook(
  deps: CreateWebhookDeps,
  input: CreateWebhookInput,
): Promise<CreatedWebhook> {
  const { tenant, idempotency } = input;
  const url = parseWebhookUrl(input.description.url, {
    allowsLoopback: deps.settings.allowsLoopbackWebhooks,
  });
  const now = deps.clock.now();
  const newId = deps.random.jobId(now);
  const webhookId =
    idempotency === undefined ? newId : await rememberedId(deps, { tenant, ...idempotency, newId });
  const replay = webhookId === newId ? undefined : await readReplay(deps, { tenant, webhookId });
  if (replay !== undefined) return { ...replay, replayed: true };
  const warnings = await checkHost(deps, url);
  await requireRoom(deps, tenant);
  const webhook = newWebhook(input, { url, id: webhookId, now });
  const key = { tenant, webhookId };
  const secrets = { current: webhookSecret(deps.random.secret()), version: 1 };
  const inserted = await deps.webhookSecrets.insert(key, secrets);
  await deps.webhooks.insert(webhook);
  await withdrawIfTooMany(deps, key, inserted);
  if (inserted === 'inserted') return { webhook, secrets, warnings, replayed: webhookId !== newId };
  // An earlier try was interrupted after it stored the secret, or a simultaneous one has created the webhook.
  return { ...((await readCreated(deps, key)) ?? { webhook, secrets }), replayed: true };
}

function newWebhook(
  { tenant, description: given }: CreateWebhookInput,
  { url, id, now }: { readonly url: string; readonly id: string; readonly now: number },
): Webhook {
  return {
    tenant,
    id,
    url,
    states: given.states ?? [],
    services: given.services ?? [],
    tags: given.tags ?? [],
    ...omitUndefined({ description: given.description }),
    status: 'active',
    updatedAt: Math.max(now, timeInId(id)),
    version: 1,
  };
}

async function requireRoom({ webhooks }: CreateWebhookDeps, tenant: string): Promise<void> {
  const { length } = await webhooks.list(tenant, 'strong');
  if (length >= maxWebhooks) throw tooMany(length);
}

/**
 * Counts again after the insertion: of several requests at the same time, the last one that inserts sees all others, so those that
 * stay are at most 20. A webhook that an earlier try has created stays.
 */
async function withdrawIfTooMany(
  { webhooks, webhookSecrets }: CreateWebhookDeps,
  key: WebhookKey,
  inserted: 'inserted' | 'exists',
): Promise<void> {
  const { length } = await webhooks.list(key.tenant, 'strong');
  if (length <= maxWebhooks || inserted === 'exists') return;
  if ((await webhooks.remove(key, 1)) === 'conflict') return; // somebody uses it already
  await webhookSecrets.remove(key);
  throw tooMany(length - 1);
}

function tooMany(count: number): ProblemError {
  return new ProblemError(
    'too-many-webhooks',
    `There are ${count} webhooks, and at most ${maxWebhooks} are allowed; delete one, or widen the filters of another`,
  );
}

/** The webhook of an earlier request; undefined if that was interrupted before it created the webhook. Throws `not-found`. */
async function readReplay(deps: CreateWebhookDeps, key: WebhookKey): ReturnType<typeof readCreated> {
  const created = await readCreated(deps, key);
  if (created !== undefined || !(await wasDeleted(deps, key))) return created;
  throw new ProblemError(
    'not-found',
    `The webhook ${key.webhookId}, which was created with this Idempotency-Key, was deleted; use a new key to create another`,
  );
}

async function readCreated(
  { webhooks, webhookSecrets }: CreateWebhookDeps,
  key: WebhookKey,
): Promise<{ readonly webhook: Webhook; readonly secrets: WebhookSecrets } | undefined> {
  const [webhook, stored] = await Promise.all([webhooks.get(key), webhookSecrets.get(key)]);
  return webhook === undefined || stored === undefined ? undefined : { webhook, secrets: stored };
}

/** Stores the ID under the idempotency key, or returns the ID that an earlier request has stored. */
async function rememberedId(
  { idempotency, clock }: CreateWebhookDeps,
  request: {
    readonly tenant: string;
    readonly key: string;
    readonly fingerprint: string;
    readonly newId: string;
  },
): Promise<string> {
  const { tenant, key, fingerprint, newId } = request;
  const now = clock.now();
  const remembered = await idempotency.remember(
    { tenant, key: `webhook\n${key}` },
    { jobId: newId, fingerprint, expiresAtEpochSeconds: Math.ceil(now / 1000) + retentionSeconds },
    now,
  );
  if (remembered.fingerprint === fingerprint) return remembered.jobId;
  throw new ProblemError(
    'idempotency-key-reused',
    'This Idempotency-Key was used with a different request; use a new key',
  );
}
