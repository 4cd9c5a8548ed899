import * as z from 'zod/mini';
import { jsonObject } from '../json.ts';
import { serviceName, serviceVersion } from '../names.ts';
import { retryPolicy, timeLimits } from '../policy.ts';
import { tags } from '../tags.ts';
import { wellFormed } from '../well-formed.ts';
import { indexedMetadata } from './metadata-schemas.ts';
import { slotDefinitions } from './slot-schemas.ts';

const shortText = z.string().check(z.maxLength(256), wellFormed);
const longText = z.string().check(z.maxLength(16_384), wellFormed);

/**
 * An AWS Lambda function, by name. The resource name rules of the stack decide which names a tenant may
 * use (core/services/resource-name-rules.ts). With `envelope`, the payload contains parameters, job and worker token;
 * with `parameters`, it consists of the parameters only, so that any function can be a service.
 */
const lambdaDispatcher = z.strictObject({
  kind: z.literal('lambda'),
  functionName: z
    .string()
    .check(
      z.regex(
        /^[a-zA-Z0-9-_]{1,64}$/,
        'must be the name of a function, not an ARN: 1 to 64 letters, digits, hyphens and underscores',
      ),
    ),
  payload: z.optional(z.enum(['envelope', 'parameters'])),
});

/** `processText` as a pattern, for the OpenAPI document. */
const withoutNul = '^[^\\u0000]*$';

/**
 * An argument or variable of a process; a NUL would terminate it
 * (https://man7.org/linux/man-pages/man2/execve.2.html).
 */
const processText = z
  .string()
  .check(
    wellFormed,
    z.refine((text) => !text.includes('\0'), 'must not contain a NUL character'),
  )
  .register(z.globalRegistry, { pattern: withoutNul });

const argument = processText.check(z.minLength(1)).register(z.globalRegistry, { pattern: withoutNul });

/**
 * A container on AWS Batch, by its job definition. The resource name rules of the stack restrict the names,
 * `command` and `environment`.
 * https://docs.aws.amazon.com/batch/latest/APIReference/API_SubmitJob.html
 */
const batchDispatcher = z.strictObject({
  kind: z.literal('batch'),
  /** With or without a revision; without one, each attempt uses the newest active revision at its start. */
  jobDefinition: z
    .string()
    .check(
      z.regex(
        /^[a-zA-Z0-9][a-zA-Z0-9_-]{0,127}(?::[1-9]\d{0,8})?$/,
        'must be the name of a job definition, with or without a revision, not an ARN',
      ),
    ),
  /** Default: Errand's own queue. */
  jobQueue: z.optional(
    z
      .string()
      .check(z.regex(/^[a-zA-Z0-9][a-zA-Z0-9_-]{0,127}$/, 'must be the name of a job queue, not an ARN')),
  ),
  command: z.optional(z.array(argument).check(z.maxLength(100))),
  /**
   * Names that start with `ERRAND_` or `AWS_BATCH`, and `TRACEPARENT`, are reserved
   * (https://docs.aws.amazon.com/batch/latest/userguide/job_env_vars.html). Together with `command`, at most
   * about 6,000 bytes.
   */
  environment: z.optional(
    z.record(
      z
        .string()
        .check(
          z.regex(
            /^(?!ERRAND_|AWS_BATCH|TRACEPARENT$)[a-zA-Z_][a-zA-Z0-9_]{0,127}$/,
            'must be the name of a variable that neither Errand nor Batch sets itself',
          ),
        ),
      processText,
    ),
  ),
  /** Number of vCPUs; on Fargate 0.25 to 16. */
  vcpus: z.optional(z.number().check(z.minimum(0.25), z.maximum(192))),
  memoryMiB: z.optional(z.int().check(z.minimum(4), z.maximum(1_966_080))),
  gpus: z.optional(z.int().check(z.minimum(1), z.maximum(16))),
});

/** What runs the attempts of a service. */
const dispatcher = z.discriminatedUnion('kind', [lambdaDispatcher, batchDispatcher]);

/**
 * A service definition: the body of the registration, and the members of a manifest besides `name` and
 * `version`.
 */
export const serviceDefinition = z.strictObject({
  title: z.optional(shortText),
  description: z.optional(longText),
  tags: z.optional(tags),
  /** JSON Schema 2020-12 of the parameters: at most 64 KB, 32 deep, local `$ref` only. */
  parameters: jsonObject,
  /** JSON Schema 2020-12 of the result, with the same limits. */
  result: z.optional(jsonObject),
  /** The slots of the data objects that a job reads. */
  inputs: z.optional(slotDefinitions),
  /** The slots of the data objects that a job writes. */
  outputs: z.optional(slotDefinitions),
  indexedMetadata: z.optional(indexedMetadata),
  /**
   * The result and the outputs depend only on the parameters and the contents of the inputs, so that submissions with `reuse` may
   * reuse them.
   */
  deterministic: z.optional(z.boolean()),
  dispatcher,
  retry: z.optional(retryPolicy),
  ...timeLimits,
  /**
   * Longest time between two reports of a running attempt to the worker routes before the attempt counts as
   * lost.
   */
  heartbeatSeconds: z.optional(z.int().check(z.minimum(10), z.maximum(86_400))),
});

export type ServiceDefinition = z.infer<typeof serviceDefinition>;

/** The content of a `service.json` file. */
export const serviceManifest = z.strictObject({
  name: serviceName,
  version: serviceVersion,
  ...serviceDefinition.shape,
});

/** A registered version as the API returns it. */
export const serviceRepresentation = z.strictObject({
  ...serviceManifest.shape,
  urn: z.string(),
  status: z.enum(['active', 'deprecated']),
  deprecation: z.optional(z.strictObject({ at: z.string(), reason: z.string() })),
  /** True once a job has used this version; only a development version can then be changed, and none can be deleted. */
  used: z.boolean(),
  createdAt: z.string(),
  updatedAt: z.string(),
  links: z.record(z.string(), z.string()),
});

/** A version as shown to a key without `services:read`: its existence, state and times. */
export const serviceReceipt = z.strictObject({
  urn: serviceRepresentation.shape.urn,
  status: serviceRepresentation.shape.status,
  createdAt: serviceRepresentation.shape.createdAt,
  updatedAt: serviceRepresentation.shape.updatedAt,
  links: z.strictObject({ self: z.string() }),
});

export type ServiceReceipt = z.infer<typeof serviceReceipt>;

/**
 * The response of a route that changes a version: the version for a key with `services:read`, otherwise a
 * receipt.
 */
export const serviceOrReceipt = z.union([serviceRepresentation, serviceReceipt]);

/** A finding about a registered version that does not prevent its registration. */
export const registrationWarning = z.strictObject({
  code: z.enum(['function-not-found', 'job-definition-not-found']),
  detail: z.string(),
  pointer: z.string(),
});

export type RegistrationWarning = z.infer<typeof registrationWarning>;

/** Empty if the function or job definition exists; absent if that could not be checked. */
const warnings = z.optional(z.array(registrationWarning));

/** A version as its registration returns it to a key with `services:read`. */
const registeredService = z.strictObject({ ...serviceRepresentation.shape, warnings });

/** A version as its registration returns it to a key without `services:read`. */
const registeredServiceReceipt = z.strictObject({ ...serviceReceipt.shape, warnings });

/** The response of a registration: like `serviceOrReceipt`, with warnings. */
export const registeredServiceOrReceipt = z.union([registeredService, registeredServiceReceipt]);

export type ServiceRepresentation = z.infer<typeof serviceRepresentation>;

/** A service with a page of its versions. */
export const serviceWithVersions = z.strictObject({
  name: z.string(),
  versions: z.array(serviceRepresentation),
  nextCursor: z.optional(z.string()),
});

export type ServiceWithVersions = z.infer<typeof serviceWithVersions>;

/** A version in a list: without its schemas. */
export const serviceSummary = z.omit(serviceRepresentation, { parameters: true, result: true });

export type ServiceSummary = z.infer<typeof serviceSummary>;

export const deprecation = z.strictObject({
  reason: z.string().check(z.minLength(1), z.maxLength(1024), wellFormed),
});
