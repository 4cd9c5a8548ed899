import { parseIdempotencyKey } from '../../../core/contract/http/idempotency-key.ts';
import { parseWire } from '../../../core/contract/http/parse-wire.ts';
import type { JsonValue } from '../../../core/contract/json.ts';
import {
  deliveryListQuery,
  emptyRequest,
  newWebhook,
  redeliverRequest,
  webhookEdit,
} from '../../../core/contract/schemas/webhook-schemas.ts';
import { requestFingerprint } from '../../../core/jobs/submission/request-fingerprint.ts';
import { omitUndefined } from '../../../core/std/omit-undefined.ts';
import { createWebhook } from '../../../core/webhooks/create-webhook.ts';
import { deleteWebhook } from '../../../core/webhooks/delete-webhook.ts';
import { editWebhook } from '../../../core/webhooks/edit-webhook.ts';
import { getWebhook } from '../../../core/webhooks/get-webhook.ts';
import { listDeliveries } from '../../../core/webhooks/list-deliveries.ts';
import { listWebhooks } from '../../../core/webhooks/list-webhooks.ts';
import type { Webhook } from '../../../core/webhooks/model/webhook.ts';
import { redeliver } from '../../../core/webhooks/redeliver.ts';
import { redeliverSince } from '../../../core/webhooks/redeliver-since.ts';
import {
  receiptOfWebhook,
  representDelivery,
  representSecrets,
  representWebhook,
  webhookUrl,
} from '../../../core/webhooks/represent-webhook.ts';
import { rotateSecret } from '../../../core/webhooks/rotate-secret.ts';
import { testWebhook } from '../../../core/webhooks/test-webhook.ts';
import {
  hasScope,
  header,
  readJsonBody,
  readOptionalJsonBody,
  readQuery,
  rejectQuery,
} from '../../_shared/http/api-request.ts';
import { etagOf } from '../../_shared/http/etag.ts';
import { nextLink, readLimit } from '../../_shared/http/paging.ts';
import { preconditionCheckOf } from '../../_shared/http/preconditions.ts';
import { emptyResponse, jsonResponse } from '../../_shared/http/responses.ts';
import type { ApiRequest, Operation } from '../operation.ts';
import { deliveryKeyOf, webhookKeyOf } from './webhook-key.ts';

export const createWebhookOperation: Operation = async (request) => {
  const { deps, event, caller, baseUrl } = request;
  rejectQuery(event);
  const body = readJsonBody(event);
  const key = parseIdempotencyKey(header(event, 'idempotency-key'));
  const description = parseWire(newWebhook, body);
  // The body was parsed from JSON.
  const idempotency = key && { key, fingerprint: requestFingerprint('createWebhook', body as JsonValue) };
  const { webhook, secrets, replayed, warnings } = await createWebhook(deps, {
    tenant: caller.tenant,
    description,
    ...(idempotency === undefined || idempotency === '' ? {} : { idempotency }),
  });
  return jsonResponse(
    201,
    { ...shown(request, webhook), ...representSecrets(secrets), ...omitUndefined({ warnings }) },
    {
      Location: webhookUrl(webhook.id, baseUrl),
      ETag: etagOf(webhook),
      ...(replayed ? { 'Idempotency-Replayed': 'true' } : {}),
    },
  );
};

export const listWebhooksOperation: Operation = async ({ deps, event, caller, baseUrl }) => {
  rejectQuery(event);
  const webhooks = await listWebhooks(deps, caller.tenant);
  return jsonResponse(200, { items: webhooks.map((webhook) => representWebhook(webhook, baseUrl)) });
};

export const getWebhookOperation: Operation = async ({ deps, event, params, caller, baseUrl }) => {
  rejectQuery(event);
  const webhook = await getWebhook(deps, webhookKeyOf(caller.tenant, params));
  return jsonResponse(200, representWebhook(webhook, baseUrl), { ETag: etagOf(webhook) });
};

export const editWebhookOperation: Operation = async (request) => {
  const { deps, event, params, caller } = request;
  rejectQuery(event);
  const edit = parseWire(webhookEdit, readJsonBody(event));
  const key = webhookKeyOf(caller.tenant, params);
  const meetsPrecondition = preconditionCheckOf(event);
  const { webhook, warnings } = await editWebhook(deps, { key, edit, meetsPrecondition });
  const body = { ...shown(request, webhook), ...omitUndefined({ warnings }) };
  return jsonResponse(200, body, { ETag: etagOf(webhook) });
};

export const deleteWebhookOperation: Operation = async ({ deps, event, params, caller }) => {
  rejectQuery(event);
  await deleteWebhook(deps, webhookKeyOf(caller.tenant, params), preconditionCheckOf(event));
  return emptyResponse(204);
};

export const rotateSecretOperation: Operation = async (request) => {
  const { deps, event, params, caller } = request;
  readEmptyRequest(request);
  const key = webhookKeyOf(caller.tenant, params);
  const { webhook, secrets } = await rotateSecret(deps, key, preconditionCheckOf(event));
  const body = { ...shown(request, webhook), ...representSecrets(secrets) };
  return jsonResponse(200, body, { ETag: etagOf(webhook) });
};

export const testWebhookOperation: Operation = async (request) => {
  const { deps, event, params, caller } = request;
  readEmptyRequest(request);
  const id = await testWebhook(deps, webhookKeyOf(caller.tenant, params), preconditionCheckOf(event));
  return jsonResponse(202, { id, status: 'pending' });
};

export const listDeliveriesOperation: Operation = async ({ deps, event, params, caller, baseUrl }) => {
  const { status, cursor, limit } = readQuery(event, deliveryListQuery);
  const { deliveries, nextCursor } = await listDeliveries(deps, {
    key: webhookKeyOf(caller.tenant, params),
    ...omitUndefined({ status, cursor }),
    limit: readLimit(limit),
  });
  const body = { items: deliveries.map(representDelivery), ...omitUndefined({ nextCursor }) };
  return jsonResponse(200, body, { Link: nextLink(event, baseUrl, nextCursor) });
};

export const redeliverOperation: Operation = async (request) => {
  const { deps, event, params, caller } = request;
  readEmptyRequest(request);
  const key = deliveryKeyOf(caller.tenant, params);
  await redeliver(deps, key, preconditionCheckOf(event));
  return jsonResponse(202, { id: key.deliveryId, status: 'pending' });
};

export const redeliverSinceOperation: Operation = async ({ deps, event, params, caller }) => {
  rejectQuery(event);
  const request = parseWire(redeliverRequest, readJsonBody(event));
  const key = webhookKeyOf(caller.tenant, params);
  const meetsPrecondition = preconditionCheckOf(event);
  const { since, until, include } = await redeliverSince(deps, { key, request, meetsPrecondition });
  return jsonResponse(202, { since: formatTime(since), until: formatTime(until), include });
};

function readEmptyRequest({ event }: ApiRequest): void {
  rejectQuery(event);
  parseWire(emptyRequest, readOptionalJsonBody(event));
}

/** The webhook for a key with `webhooks:read`, otherwise a receipt. */
function shown({ caller, baseUrl }: ApiRequest, webhook: Webhook) {
  return hasScope(caller, 'webhooks:read')
    ? representWebhook(webhook, baseUrl)
    : receiptOfWebhook(webhook, baseUrl);
}

function formatTime(timeMs: number): string {
  return new Date(timeMs).toISOString();
}
