import type { Descriptions } from './describe-members.ts';

const url =
  'URL that receives the events as POST requests, at most 2,048 characters: `https`, without credentials and fragment, with a host that is a name or a public address.';
const states =
  'States of jobs, also `deleted`: only events of these transitions; empty for all, which is the default.';
const services =
  'Names of services: only events of their jobs, at most 50; empty for all, which is the default.';
const tags =
  'Tags: only events of jobs with one of them, at most 50 of 1 to 128 characters each; empty for all, which is the default.';
const status = '`active`, or `disabled`: then nothing is delivered.';
const createdAt = 'Time of the creation, RFC 3339 in UTC with milliseconds.';
const updatedAt = 'Time of the last change, RFC 3339 in UTC with milliseconds.';

export const newWebhookMembers = {
  url,
  states,
  services,
  tags,
  description: 'Description for people, 1 to 500 characters; none if absent.',
} as const satisfies Descriptions;

export const webhookEditMembers = {
  url,
  states,
  services,
  tags,
  description: 'Description for people, 1 to 500 characters; null removes it.',
  status: '`disabled` to stop deliveries, `active` to resume them.',
} as const satisfies Descriptions;

export const webhookMembers = {
  id: 'ID of the webhook, a UUIDv7.',
  url,
  states,
  services,
  tags,
  description: 'Description for people; absent if there is none.',
  status,
  disabledReason:
    '`requested` by a client, `gone` after a response with 410, or `failing` after five days of failures; absent if the webhook is active.',
  failingSince:
    'Time of the first of the attempts that have failed without a success since, RFC 3339 in UTC with milliseconds; absent after a success.',
  createdAt,
  updatedAt,
  version: 'Number of changes of the webhook, which is also its ETag; deliveries do not change it.',
  links: 'URLs of the webhook (`self`) and of the list of its deliveries.',
} as const satisfies Descriptions;

export const deliveryAttemptMembers = {
  at: 'Time of the attempt, RFC 3339 in UTC with milliseconds.',
  durationMs: 'Duration of the attempt in milliseconds.',
  status: 'Status code of the response; absent if there was none.',
  error: 'Why there was no response; absent if there was one.',
  answer: 'The first 1,024 bytes of the body of the response; absent if it was empty.',
} as const satisfies Descriptions;

export const deliveryMembers = {
  id: 'ID of the delivery, which contains the time of the event, its job and its sequence number.',
  eventId: 'ID of the event, which is the header `webhook-id`.',
  type: 'Type of the event.',
  status: '`pending` until an attempt succeeds (`delivered`) or no attempt is left (`failed`).',
  attempts: 'The attempts, in order; of more than 20 the last 20.',
  nextAttemptAt:
    'Time of the next attempt, RFC 3339 in UTC with milliseconds; absent if the delivery is not pending.',
  updatedAt,
} as const satisfies Descriptions;

export const redeliverRequestMembers = {
  since:
    'Only events that occurred at this time or later, RFC 3339; deliveries are kept for 30 days, and events as long as the event log keeps them.',
  include:
    '`failed` (default): deliveries that failed; `missed`: events in the event log that match the filters and have no delivery, such as those that occurred while the webhook was disabled; `all`: deliveries that failed or succeeded, and missed events. Without an event log, `missed` is rejected, and `all` includes no missed events. Pending deliveries continue.',
} as const satisfies Descriptions;

const secrets = {
  secret: 'Secret with which deliveries are signed: `whsec_` and 32 random bytes in Base64.',
  previousSecretExpiresAt:
    'Until when deliveries are also signed with the previous secret, RFC 3339 in UTC with milliseconds; absent before the first rotation.',
} as const satisfies Descriptions;

const requested = {
  id: 'ID of the delivery.',
  status: 'Always `pending`.',
} as const satisfies Descriptions;

const warnings = {
  text: 'Problems found with the URL that do not prevent the webhook from being stored; empty if there are none. Absent if the URL was not checked: after an edit without `url`, and in the response to a repeated request.',
  members: {
    code: '`host-not-resolved`.',
    detail: 'What was found, and what it means for deliveries.',
    pointer: 'JSON Pointer to the member of the request that the warning is about.',
  },
} as const;

/** The members of a webhook in the responses to changes. */
export const changedWebhookMembers = {
  ...webhookMembers,
  ...secrets,
  warnings,
} as const satisfies Descriptions;

/** The members of bodies and responses that are not named schemas, by operation. */
export const webhookOperationMembers = {
  listWebhooks: { items: 'All webhooks, oldest first.' },
  testWebhook: requested,
  redeliver: requested,
  listDeliveries: {
    items: 'The deliveries, those of the newest events first.',
    nextCursor: 'Value of the parameter `cursor` for the next page; absent on the last page.',
  },
  redeliverSince: {
    since: 'Time from which deliveries are repeated, RFC 3339 in UTC with milliseconds.',
    until:
      'Time of the request, up to which deliveries are repeated; missed events of the minute after it are delivered too. RFC 3339 in UTC with milliseconds.',
    include: 'Which deliveries are repeated.',
  },
} as const satisfies Readonly<Record<string, Descriptions>>;
