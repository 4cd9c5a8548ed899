import * as z from 'zod/v4/core';
import { manifestSchema } from '../../manifest/service-manifest.ts';
import { describeMembers } from '../open-api/descriptions/describe-members.ts';
import { serviceDefinitionMembers } from '../open-api/descriptions/service-descriptions.ts';
import { batchSourceMembers, lambdaSourceMembers, manifestMembers } from './manifest-descriptions.ts';

type Json = Readonly<Record<string, unknown>>;

/** The address of the schema, for the member `$schema` of a `service.json`. */
export const serviceSchemaId = 'https://errand.dev/schemas/service.json';

/** JSON Schema 2020-12 of a `service.json`, with a description of each member for editors. */
export function serviceSchema(): Json {
  const schema: Json = z.toJSONSchema(manifestSchema, { unrepresentable: 'any', io: 'input' });
  const { $schema, properties, ...rest } = schema;
  const { source, ...others } = properties as Record<string, Json>; // a strict object has properties
  const { dispatcher: _, ...definitionMembers } = serviceDefinitionMembers;
  const described = describeMembers(
    { ...rest, properties: others },
    { ...definitionMembers, ...manifestMembers },
    'ServiceManifest',
  );
  return {
    $schema,
    $id: serviceSchemaId,
    title: 'Errand service',
    description: 'A service of Errand: its interface, its code, and its limits.',
    ...described,
    properties: { ...(described['properties'] as Json), source: describeSource(source ?? {}) },
  };
}

/** Both kinds have members of the same name with different limits. */
function describeSource(source: Json): Json {
  const [lambda, batch] = source['oneOf'] as readonly [Json, Json]; // the union has these two kinds
  return {
    ...source,
    description: 'The code of the service, and what runs it.',
    oneOf: [
      describeMembers(lambda, lambdaSourceMembers, 'LambdaSource'),
      describeMembers(batch, batchSourceMembers, 'BatchSource'),
    ],
  };
}
