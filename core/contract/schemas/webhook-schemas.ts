import * as z from 'zod/mini';
import { timestamp } from '../date-time.ts';
import { jobStatuses } from '../job-state.ts';
import { serviceName } from '../names.ts';
import { wellFormed } from '../well-formed.ts';
import { pageCursor, pageLimit } from './list-schemas.ts';

/** The last part of the type of a job's event: the state that the job entered, or `deleted`. */
export const webhookStates = ['deleted', ...jobStatuses] as const;
export type WebhookState = (typeof webhookStates)[number];

const stateList: [WebhookState, ...WebhookState[]] = [...webhookStates];

const maxUrlLength = 2048;
const maxFilterValues = 50;

const webhookUrl = z.string().check(z.minLength(1), z.maxLength(maxUrlLength), wellFormed);
const states = z.array(z.enum(stateList)).check(z.maxLength(webhookStates.length));
const services = z.array(serviceName).check(z.maxLength(maxFilterValues));
const filterTags = z
  .array(z.string().check(z.minLength(1), z.maxLength(128), wellFormed))
  .check(z.maxLength(maxFilterValues));
const description = z.string().check(z.minLength(1), z.maxLength(500), wellFormed);

/** A new webhook. An event must match all filters; an absent or empty one matches every event. */
export const newWebhook = z.strictObject({
  /** An `https` URL without credentials. */
  url: webhookUrl,
  states: z.optional(states),
  services: z.optional(services),
  /** An event matches if its job has one of these tags. */
  tags: z.optional(filterTags),
  description: z.optional(description),
});

export type NewWebhook = z.infer<typeof newWebhook>;

/** A merge patch of a webhook; `description: null` removes the description. */
export const webhookEdit = z.strictObject({
  url: z.optional(webhookUrl),
  states: z.optional(states),
  services: z.optional(services),
  tags: z.optional(filterTags),
  description: z.optional(z.nullable(description)),
  status: z.optional(z.enum(['active', 'disabled'])),
});

export type WebhookEdit = z.infer<typeof webhookEdit>;

/** The ID of a delivery: the time of its event in epoch milliseconds, the job, and the sequence number in the job's log. */
export const deliveryIdPattern =
  /^(\d{13})-([0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12})-(\d{1,6})$/;

/** The ID of a delivery. */
export const deliveryIdText = z.string().check(z.regex(deliveryIdPattern, 'must be the ID of a delivery'));

/** A request without members. */
export const emptyRequest = z.strictObject({});

const time = z.string();

/** Why a webhook gets no events: its owner disabled it, it responded with 410, or it failed for five days. */
export const disabledReasons = ['requested', 'gone', 'failing'] as const;

/** A webhook, without its secret. */
export const webhookRepresentation = z.strictObject({
  id: z.string(),
  url: z.string(),
  states: z.array(z.enum(stateList)),
  services: z.array(z.string()),
  tags: z.array(z.string()),
  description: z.optional(z.string()),
  status: z.enum(['active', 'disabled']),
  /** Only of a disabled webhook. */
  disabledReason: z.optional(z.enum(disabledReasons)),
  /** When the attempts began to fail; absent if the last one succeeded. */
  failingSince: z.optional(time),
  createdAt: time,
  updatedAt: time,
  version: z.int(),
  links: z.record(z.string(), z.string()),
});

export type WebhookRepresentation = z.infer<typeof webhookRepresentation>;

/** A webhook as shown to a key without `webhooks:read`. */
export const webhookReceipt = z.strictObject({
  id: z.string(),
  status: z.enum(['active', 'disabled']),
  createdAt: time,
  updatedAt: time,
  links: z.strictObject({ self: z.string() }),
});

export type WebhookReceipt = z.infer<typeof webhookReceipt>;

/** Why deliveries to a webhook that was stored may fail. */
export const webhookWarning = z.strictObject({
  code: z.literal('host-not-resolved'),
  detail: z.string(),
  /** JSON Pointer to the member of the request. */
  pointer: z.string(),
});

export type WebhookWarning = z.infer<typeof webhookWarning>;

/** Present if the URL was checked. */
const warnings = z.optional(z.array(webhookWarning));

/** The response to a change: the webhook for a key with `webhooks:read`, otherwise a receipt. */
export const editedWebhook = z.union([
  z.strictObject({ ...webhookRepresentation.shape, warnings }),
  z.strictObject({ ...webhookReceipt.shape, warnings }),
]);

const secretMembers = {
  /** `whsec_` and 32 random bytes in Base64. */
  secret: z.string(),
  /** Only after a rotation: until then, deliveries also have a signature with the previous secret. */
  previousSecretExpiresAt: z.optional(time),
};

/** A webhook with its secret, which no other response contains. */
export const webhookWithSecret = z.union([
  z.strictObject({ ...webhookRepresentation.shape, ...secretMembers }),
  z.strictObject({ ...webhookReceipt.shape, ...secretMembers }),
]);

/** The response to the creation: like `webhookWithSecret`, with warnings. */
export const createdWebhook = z.union([
  z.strictObject({ ...webhookRepresentation.shape, ...secretMembers, warnings }),
  z.strictObject({ ...webhookReceipt.shape, ...secretMembers, warnings }),
]);

export const deliveryStatuses = ['pending', 'delivered', 'failed'] as const;
export type DeliveryStatus = (typeof deliveryStatuses)[number];

/** One attempt to deliver an event. */
export const deliveryAttempt = z.strictObject({
  at: time,
  durationMs: z.int(),
  /** Status code of the response; absent if there was none. */
  status: z.optional(z.int()),
  /** Why there was no response. */
  error: z.optional(z.string()),
  /** The beginning of the response body, at most 1,024 bytes. */
  answer: z.optional(z.string()),
});

/** The delivery of one event to one webhook. */
export const deliveryRepresentation = z.strictObject({
  id: z.string(),
  eventId: z.string(),
  type: z.string(),
  status: z.enum(deliveryStatuses),
  /** The last 20 attempts, in order. */
  attempts: z.array(deliveryAttempt),
  /** Only of a pending delivery. */
  nextAttemptAt: z.optional(time),
  updatedAt: time,
});

export type DeliveryRepresentation = z.infer<typeof deliveryRepresentation>;

export const deliveryListQuery = z.strictObject({
  status: z.optional(z.enum(deliveryStatuses)),
  limit: pageLimit,
  cursor: pageCursor,
});

/** A delivery that was requested. */
export const requestedDelivery = z.strictObject({ id: z.string(), status: z.literal('pending') });

/** Which deliveries to repeat, and which to make in the first place. */
const redeliverySelections = ['failed', 'missed', 'all'] as const;

/** A request to deliver events again. */
export const redeliverRequest = z.strictObject({
  /** Only events that occurred at this time or later. */
  since: timestamp,
  /**
   * `failed`: only deliveries that failed; `missed`: events in the event log that match the filters and have no delivery; `all`: both of
   * these, and the deliveries that succeeded. Default: `failed`.
   */
  include: z.optional(z.enum(redeliverySelections)),
});

export type RedeliverRequest = z.infer<typeof redeliverRequest>;

/** A repetition of deliveries that was accepted. */
export const acceptedRedelivery = z.strictObject({
  since: time,
  until: time,
  include: z.enum(redeliverySelections),
});

/** The list of all webhooks of the tenant. */
export const webhookList = z.strictObject({ items: z.array(webhookRepresentation) });
