import type { StoredWebhook, Webhook, WebhookSecrets } from '../../../core/webhooks/model/webhook.ts';
import {
  checkLayoutVersion,
  jsonText,
  number,
  presentAttributes,
  presentMembers,
  readNumber,
  readOptionalJson,
  readOptionalNumber,
  readOptionalText,
  readText,
  text,
} from '../table/item-attributes.ts';
import type { Item } from '../table/table.ts';
import { UnreadableItemError } from '../table/unreadable-item-error.ts';
import { readWebhookKey, webhookItemKey } from './webhook-keys.ts';

/** The layout version of the items that this release writes and reads. */
const layoutVersion = 1;

type Settings = Omit<Webhook, 'tenant' | 'id' | 'version' | 'updatedAt'>;

/** Attributes that the owner of a webhook writes. */
export const ownedNames = ['z', 'v', 'ua', 'cf'] as const;

/**
 * Converts a webhook to an item.
 *
 * | name | type | content | absent when |
 * |------|------|---------|-------------|
 * | `pk` `sk` | S | tenant and ID (webhook-keys.ts) | |
 * | `z` | N | layout of the item | |
 * | `v` | N | version | |
 * | `ua` | N | updatedAt | |
 * | `cf` | S | URL, filters, description, status and its reason, as JSON | |
 * | `fs` | N | failingSince; deliveries write it | the last attempt succeeded |
 * | `un` | BOOL | the event about the disabled webhook may be missing | it was published |
 * | `sl` | N | slowSince; deliveries write it | the last call was fast |
 */
export function toItem(webhook: Webhook): Item {
  const { tenant, id: webhookId, version, updatedAt, ...rest } = webhook;
  const { url, states, services, tags, description, status, disabledReason } = rest;
  const settings = { url, states, services, tags, description, status, disabledReason };
  return {
    ...webhookItemKey({ tenant, webhookId }),
    ...presentAttributes({
      z: number(layoutVersion),
      v: number(version),
      ua: number(updatedAt),
      cf: jsonText(settings),
    }),
  };
}

/** Reads an item that `toItem` wrote; throws `UnreadableItemError` for another layout. */
export function fromItem(item: Item): StoredWebhook {
  checkLayoutVersion(item, layoutVersion);
  const { tenant, webhookId: id } = readWebhookKey(item);
  const settings = readOptionalJson<Settings>(item, 'cf');
  if (settings === undefined) throw new UnreadableItemError(item, 'lacks its settings (cf)');
  const failingSince = readOptionalNumber(item, 'fs');
  const slowSince = readOptionalNumber(item, 'sl');
  return {
    tenant,
    id,
    ...settings,
    updatedAt: readNumber(item, 'ua'),
    version: readNumber(item, 'v'),
    health: {
      ...(failingSince === undefined ? {} : { failingSince }),
      ...(slowSince === undefined ? {} : { slowSince }),
      ...(item['un']?.BOOL === true ? { isUnannounced: true } : {}),
    },
  };
}

/**
 * Converts the secrets of a webhook to an item of the table of secrets.
 *
 * | name | type | content | absent when |
 * |------|------|---------|-------------|
 * | `pk` `sk` | S | tenant and ID of the webhook (webhook-keys.ts) | |
 * | `z` | N | layout of the item | |
 * | `v` | N | version | |
 * | `cs` | S | current secret | |
 * | `ps` `pe` | S N | previous secret, and when it expires | the secret was never replaced |
 */
export function toSecretItem(
  key: { readonly tenant: string; readonly webhookId: string },
  { current, previous, version }: WebhookSecrets,
): Item {
  return {
    ...webhookItemKey(key),
    ...presentAttributes({
      z: number(layoutVersion),
      v: number(version),
      cs: text(current),
      ps: text(previous?.secret),
      pe: number(previous?.expiresAt),
    }),
  };
}

/** Reads an item that `toSecretItem` wrote; throws `UnreadableItemError` for another layout. */
export function fromSecretItem(item: Item): WebhookSecrets {
  checkLayoutVersion(item, layoutVersion);
  const secret = readOptionalText(item, 'ps');
  return {
    current: readText(item, 'cs'),
    version: readNumber(item, 'v'),
    ...presentMembers<Pick<WebhookSecrets, 'previous'>>({
      previous: secret === undefined ? undefined : { secret, expiresAt: readNumber(item, 'pe') },
    }),
  };
}
