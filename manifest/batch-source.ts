import * as z from 'zod/mini';
import { wellFormed } from '../core/contract/well-formed.ts';
import { fargateVcpus } from './fargate-sizes.ts';

/** https://docs.aws.amazon.com/batch/latest/APIReference/API_RegisterJobDefinition.html */
export const maxJobDefinitionNameLength = 128;

/** A container of a service that runs on AWS Batch, as it is written in a `service.json`. */
export const batchSource = z
  .strictObject({
    kind: z.literal('batch'),
    /** Relative to the folder of `service.json`, which is the build context. */
    dockerfile: z.optional(
      z
        .string()
        .check(
          z.maxLength(512),
          z.regex(
            /^(?!\/)(?!(?:.*\/)?\.\.(?:\/|$))[^\\]+$/,
            'must be a file below the folder of service.json, written with "/", such as Dockerfile',
          ),
        ),
    ),
    command: z.optional(
      z
        .array(
          z
            .string()
            .check(z.minLength(1), z.regex(/^[^\0]*$/, 'must not contain a NUL character'), wellFormed),
        )
        .check(z.minLength(1), z.maxLength(100)),
    ),
    jobDefinition: z.optional(
      z
        .string()
        .check(
          z.regex(
            /^[a-zA-Z0-9][a-zA-Z0-9_-]{0,127}$/,
            'must be the name of a job definition without a revision, not an ARN: 1 to 128 letters, digits, hyphens and underscores',
          ),
        ),
    ),
    /** Errand's queue is on Fargate. */
    vcpus: z.literal(fargateVcpus),
    /** What Fargate offers depends on the number of vCPUs (manifest-rules.ts). */
    memoryMiB: z.int().check(z.minimum(512), z.maximum(122_880)),
  })
  .check(
    z.refine(
      ({ dockerfile, command }) => (dockerfile === undefined) !== (command === undefined),
      'must have either "dockerfile" or "command", but not both',
    ),
  )
  .register(z.globalRegistry, { oneOf: [{ required: ['dockerfile'] }, { required: ['command'] }] });
