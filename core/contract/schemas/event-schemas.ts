import * as z from 'zod/mini';
import { jobError, jobStatus } from './job-schemas.ts';
import { operationAction, operationStatus } from './operation-states.ts';

/** A CloudEvents 1.0 event of the job log; `id` is `<jobId>/<sequence>`. */
export const jobEvent = z.strictObject({
  specversion: z.literal('1.0'),
  id: z.string(),
  source: z.string(),
  type: z.string(),
  subject: z.string(),
  time: z.string(),
  datacontenttype: z.literal('application/json'),
  /** Ten digits with leading zeros, so that the lexical order is the order of the transitions. */
  sequence: z.string(),
  /**
   * URN of the job's parent. CloudEvents allows only lower-case letters and digits in the names of
   * attributes.
   */
  correlationid: z.optional(z.string()),
  traceparent: z.string(),
  tenant: z.string(),
  data: z.strictObject({
    jobId: z.string(),
    name: z.string(),
    status: jobStatus,
    previousStatus: z.optional(jobStatus),
    service: z.optional(z.strictObject({ name: z.string(), version: z.string() })),
    tags: z.array(z.string()),
    group: z.optional(z.string()),
    attempt: z.int(),
    error: z.optional(jobError),
    resultUrl: z.optional(z.string()),
  }),
});

export type JobEvent = z.infer<typeof jobEvent>;

/** A CloudEvents 1.0 event of the end of an operation; `id` is the ID of the operation. */
export const operationEvent = z.strictObject({
  specversion: z.literal('1.0'),
  id: z.string(),
  source: z.string(),
  type: z.string(),
  subject: z.string(),
  time: z.string(),
  datacontenttype: z.literal('application/json'),
  traceparent: z.string(),
  tenant: z.string(),
  /** No member is named as in the data of a job's event, so that rules for jobs do not match it. */
  data: z.strictObject({
    operation: z.strictObject({
      id: z.string(),
      action: operationAction,
      status: operationStatus,
      matched: z.int(),
      done: z.int(),
      refused: z.int(),
      failed: z.int(),
    }),
  }),
});

export type OperationEvent = z.infer<typeof operationEvent>;

/** A CloudEvents 1.0 event about a webhook that the service disabled; `id` is `<webhookId>/<version>`. */
export const webhookEvent = z.strictObject({
  specversion: z.literal('1.0'),
  id: z.string(),
  source: z.string(),
  type: z.literal('errand.webhook.disabled'),
  subject: z.string(),
  time: z.string(),
  datacontenttype: z.literal('application/json'),
  tenant: z.string(),
  /** No member is named as in the data of a job's event, so that rules for jobs do not match it. */
  data: z.strictObject({
    webhookId: z.string(),
    url: z.string(),
    disabledReason: z.enum(['gone', 'failing']),
  }),
});

export type WebhookEvent = z.infer<typeof webhookEvent>;

/** An event on the bus. */
export type PublishedEvent = JobEvent | OperationEvent | WebhookEvent;
