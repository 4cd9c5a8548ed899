import * as z from 'zod/mini';
import { serviceName, serviceVersion } from '../core/contract/names.ts';
import { serviceDefinition } from '../core/contract/schemas/service-schemas.ts';
import { batchSource } from './batch-source.ts';
import { lambdaSource } from './lambda-source.ts';

const { dispatcher: _, ...definitionShape } = serviceDefinition.shape;

/**
 * The content of a `service.json`: a definition of the API with `name`, `version` and `source`. The dispatcher of the
 * definition is derived from `source`.
 */
export const manifestSchema = z.strictObject({
  $schema: z.optional(z.string()),
  name: serviceName,
  version: serviceVersion,
  source: z.discriminatedUnion('kind', [lambdaSource, batchSource]),
  ...definitionShape,
});

type Parsed = z.infer<typeof manifestSchema>;

/** The source of a function, with its defaults. */
export type LambdaSource = z.infer<typeof lambdaSource> & {
  readonly runtime: NonNullable<z.infer<typeof lambdaSource>['runtime']>;
};

/** The source of a container. */
export type BatchSource = z.infer<typeof batchSource>;

/** A valid `service.json`, with the defaults of its source. */
export type ServiceManifest = Omit<Parsed, 'source'> & { readonly source: LambdaSource | BatchSource };
