import * as z from 'zod/mini';
import { jsonObject } from './json.ts';
import { serviceName, serviceVersion } from './names.ts';
import { retryPolicy, timeLimits } from './policy.ts';
import { wellFormed } from './well-formed.ts';

const shortText = z.string().check(z.maxLength(256), wellFormed);
const longText = z.string().check(z.maxLength(16_384), wellFormed);

/** Free words for grouping: up to 50, each 1 to 128 characters. */
export const tags = z
  .array(z.string().check(z.minLength(1), z.maxLength(128), wellFormed))
  .check(z.maxLength(50));

/**
 * An AWS Lambda function, by name. Errand may invoke names that begin with `errand-service-`.
 * `envelope` passes parameters, job and worker token; `parameters` passes the bare parameters, so that any
 * function can be a service.
 */
const lambdaDispatcher = z.strictObject({
  kind: z.literal('lambda'),
  functionName: z
    .string()
    .check(z.regex(/^[a-zA-Z0-9-_]{1,64}$/, 'must be a function name, not an ARN, of at most 64 characters')),
  payload: z.optional(z.enum(['envelope', 'parameters'])),
});

/** What a team registers: the body of the PUT, and what a manifest holds beside `name` and `version`. */
export const serviceDefinition = z.strictObject({
  title: z.optional(shortText),
  description: z.optional(longText),
  tags: z.optional(tags),
  /** JSON Schema 2020-12 of the parameters: at most 64 KB, 32 deep, local `$ref` only. */
  parameters: jsonObject,
  /** JSON Schema 2020-12 of the result, with the same limits. */
  result: z.optional(jsonObject),
  dispatcher: lambdaDispatcher,
  retry: z.optional(retryPolicy),
  ...timeLimits,
});

export type ServiceDefinition = z.infer<typeof serviceDefinition>;

/** A `service.json` file. */
export const serviceManifest = z.strictObject({
  name: serviceName,
  version: serviceVersion,
  ...serviceDefinition.shape,
});

/** A registered version as the API answers it. */
export const serviceRepresentation = z.strictObject({
  ...serviceManifest.shape,
  urn: z.string(),
  status: z.enum(['active', 'deprecated']),
  deprecation: z.optional(z.strictObject({ at: z.string(), reason: z.string() })),
  /** True once a job has used this version; it can then neither change nor be deleted. */
  used: z.boolean(),
  createdAt: z.string(),
  updatedAt: z.string(),
  links: z.record(z.string(), z.string()),
});

export type ServiceRepresentation = z.infer<typeof serviceRepresentation>;

/** A version in a list: without its schemas. */
export const serviceSummary = z.omit(serviceRepresentation, { parameters: true, result: true });

export type ServiceSummary = z.infer<typeof serviceSummary>;

export const deprecation = z.strictObject({
  reason: z.string().check(z.minLength(1), z.maxLength(1024), wellFormed),
});
