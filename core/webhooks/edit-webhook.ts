import type { WebhookEdit, WebhookWarning } from '../contract/schemas/webhook-schemas.ts';
import type { Clock } from '../ports/clock.ts';
import type { WebhookKey, WebhookStore } from '../ports/webhooks/webhook-store.ts';
import { omit } from '../std/omit.ts';
import { omitUndefined } from '../std/omit-undefined.ts';
import { getWebhook } from './get-webhook.ts';
import type { StoredWebhook, Webhook } from './model/webhook.ts';
import { parseWebhookUrl } from './model/webhook-url.ts';
import { type CheckHostDeps, checkHost } from './records/check-host.ts';
import { updateWebhook, type WebhookDecision } from './records/update-webhook.ts';
import { requireWebhook, type WebhookPrecondition } from './webhook-problems.ts';

export interface EditWebhookDeps extends CheckHostDeps {
  readonly webhooks: Pick<WebhookStore, 'get' | 'replace'>;
  readonly clock: Pick<Clock, 'now'>;
}

export interface EditWebhookInput {
  readonly key: WebhookKey;
  readonly edit: WebhookEdit;
  readonly meetsPrecondition?: WebhookPrecondition;
}

export interface EditedWebhook {
  readonly webhook: StoredWebhook;
  /** Only of an edit with a URL. */
  readonly warnings?: readonly WebhookWarning[];
}

/**
 * Changes the URL, the filters, the description or the status of a webhook. A new URL, and the status `active`, forget the failures so
 * far. Throws `not-found`, `precondition-failed`, and `invalid-request` for a URL that is not allowed.
 */
export async function editWebhook(
  deps: EditWebhookDeps,
  { key, edit, meetsPrecondition }: EditWebhookInput,
): Promise<EditedWebhook> {
  const policy = { allowsLoopback: deps.settings.allowsLoopbackWebhooks };
  const url = edit.url === undefined ? undefined : parseWebhookUrl(edit.url, policy);
  if (url !== undefined) await getWebhook(deps, key, meetsPrecondition);
  const warnings = url === undefined ? undefined : await checkHost(deps, url);
  const webhook = await updateWebhook(deps.webhooks, key, (stored): WebhookDecision<StoredWebhook> => {
    const { health, ...current } = requireWebhook(stored, key.webhookId, meetsPrecondition);
    const next = edited(current, { edit, url, now: deps.clock.now() });
    const isReset = next.url !== current.url || (edit.status === 'active' && current.status !== 'active');
    if (!isReset) return { next, result: { ...next, health } };
    return { next, health: { resetsHealth: true }, result: { ...next, health: {} } };
  });
  return { webhook, ...omitUndefined({ warnings }) };
}

function edited(
  current: Webhook,
  { edit, url, now }: { readonly edit: WebhookEdit; readonly url: string | undefined; readonly now: number },
): Webhook {
  const { states, services, tags, description, status } = edit;
  const next = {
    ...(description === undefined ? current : omit(current, ['description'])),
    ...omitUndefined({ url, states, services, tags, status }),
    ...omitUndefined({ description: description ?? undefined }),
    updatedAt: Math.max(now, current.updatedAt),
    version: current.version + 1,
  };
  if (status === undefined || status === current.status) return next;
  const rest = omit(next, ['disabledReason']);
  return status === 'active' ? rest : { ...rest, disabledReason: 'requested' };
}
