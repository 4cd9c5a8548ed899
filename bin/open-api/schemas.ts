import * as z from 'zod/v4/core';
import { jobAction } from '../../core/contract/job-actions.ts';
import { problem } from '../../core/contract/problems/problem-schema.ts';
import {
  dataDeletionPlan,
  dataEdit,
  dataOrReceipt,
  dataRepresentation,
  dataSummary,
  dataUpload,
  newData,
  uploadCompletion,
  uploadPart,
} from '../../core/contract/schemas/data-schemas.ts';
import { jobEdit } from '../../core/contract/schemas/draft-schemas.ts';
import { jobEvent } from '../../core/contract/schemas/event-schemas.ts';
import { groupRepresentation } from '../../core/contract/schemas/job-list-schemas.ts';
import {
  abortRequest,
  bulkOutcome,
  jobAbort,
  jobAttempt,
  jobError,
  jobOrReceipt,
  jobRepresentation,
  jobSummary,
  jobSummaryOrReceipt,
} from '../../core/contract/schemas/job-schemas.ts';
import { provGraph } from '../../core/contract/schemas/lineage-schemas.ts';
import {
  operationFilter,
  operationOrReceipt,
  operationRepresentation,
  operationSummary,
} from '../../core/contract/schemas/operation-schemas.ts';
import {
  deprecation,
  registeredServiceOrReceipt,
  registrationWarning,
  serviceDefinition,
  serviceOrReceipt,
  serviceRepresentation,
  serviceSummary,
} from '../../core/contract/schemas/service-schemas.ts';
import { shownInput, shownOutput } from '../../core/contract/schemas/slot-schemas.ts';
import { rerunRequest, submission } from '../../core/contract/schemas/submission-schemas.ts';
import {
  createdWebhook,
  deliveryAttempt,
  deliveryRepresentation,
  editedWebhook,
  newWebhook,
  redeliverRequest,
  webhookEdit,
  webhookRepresentation,
  webhookWithSecret,
} from '../../core/contract/schemas/webhook-schemas.ts';
import { workerInput } from '../../core/contract/schemas/worker-schemas.ts';
import { describeMembers } from './descriptions/describe-members.ts';
import { operationMembers } from './descriptions/operation-descriptions.ts';
import { schemaMembers } from './descriptions/schema-descriptions.ts';
import { schemaTexts } from './descriptions/schema-texts.ts';
import { mergeObjects } from './merge-objects.ts';

type Json = Readonly<Record<string, unknown>>;

/** Schemas that are components of the document; all others are inlined. */
const schemas = {
  AbortRequest: abortRequest,
  BulkOutcome: bulkOutcome,
  CreatedWebhook: createdWebhook,
  Data: dataRepresentation,
  DataDeletionPlan: dataDeletionPlan,
  DataEdit: dataEdit,
  DataOrReceipt: dataOrReceipt,
  DataSummary: dataSummary,
  DataUpload: dataUpload,
  Delivery: deliveryRepresentation,
  DeliveryAttempt: deliveryAttempt,
  Deprecation: deprecation,
  Draft: z.clone(submission),
  EditedWebhook: editedWebhook,
  Group: groupRepresentation,
  Job: jobRepresentation,
  JobAbort: jobAbort,
  JobAction: jobAction,
  JobAttempt: jobAttempt,
  JobError: jobError,
  JobEdit: jobEdit,
  JobEvent: jobEvent,
  JobFilter: operationFilter,
  JobInput: shownInput,
  JobOrReceipt: jobOrReceipt,
  JobOutput: shownOutput,
  JobSummary: jobSummary,
  JobSummaryOrReceipt: jobSummaryOrReceipt,
  NewData: newData,
  NewWebhook: newWebhook,
  Operation: operationRepresentation,
  OperationOrReceipt: operationOrReceipt,
  OperationSummary: operationSummary,
  Problem: problem,
  ProvGraph: provGraph,
  RedeliverRequest: redeliverRequest,
  RegisteredService: registeredServiceOrReceipt,
  RegistrationWarning: registrationWarning,
  RerunRequest: rerunRequest,
  Service: serviceRepresentation,
  ServiceDefinition: serviceDefinition,
  ServiceOrReceipt: serviceOrReceipt,
  ServiceSummary: serviceSummary,
  Submission: submission,
  UploadCompletion: uploadCompletion,
  UploadPart: uploadPart,
  Webhook: webhookRepresentation,
  WebhookEdit: webhookEdit,
  WebhookWithSecret: webhookWithSecret,
  WorkerInput: workerInput,
} as const satisfies Readonly<Record<keyof typeof schemaMembers, z.$ZodType>>;

const namedEntries = Object.entries(schemas) as ReadonlyArray<
  readonly [keyof typeof schemaMembers, z.$ZodType]
>; // the entries of a const object

/** The schema of a body or a response, with the descriptions of its operation if it is not a named schema. */
export function schemaOf(schema: z.$ZodType, operationId: string): Json {
  const name = nameOf(schema);
  if (name !== undefined) return referenceTo(name);
  return describeMembers(inlineSchema(schema), operationMembers[operationId] ?? {}, operationId);
}

/** The schemas of `components`, by name. */
export function namedSchemas(): Json {
  return Object.fromEntries(
    namedEntries.map(([name, schema]) => [
      name,
      {
        ...describeMembers(shapeOf(name, schema), schemaMembers[name], name),
        description: schemaTexts[name],
      },
    ]),
  );
}

function shapeOf(name: keyof typeof schemas, schema: z.$ZodType): Json {
  if (name === 'Submission') return { ...inlineSchema(schema), required: ['service'] };
  if (name === 'Draft') return draftOf(inlineSchema(submission));
  return isAlternative(schema) ? mergedSchema(schema) : inlineSchema(schema);
}

/**
 * Only a draft may lack a service, which the core checks. The document has a shape for each of the two, because a condition in a shape
 * is ignored by generators of clients, and a type whose members are all optional would accept nearly any value.
 */
function draftOf(shape: Json): Json {
  const properties = shape['properties'] as Json; // of an object schema
  return {
    ...shape,
    properties: { ...properties, start: { const: false, type: 'boolean' } },
    required: ['start'],
  };
}

function referenceTo(name: string): Json {
  const reference = { $ref: `#/components/schemas/${name}` };
  return name === 'Submission' ? { anyOf: [reference, { $ref: '#/components/schemas/Draft' }] } : reference;
}

function nameOf(schema: z.$ZodType): string | undefined {
  return namedEntries.find(([, candidate]) => candidate === schema)?.[0];
}

/**
 * Responses that are either a resource or, for a key that may not read it, a receipt, and outcomes that are one of two: the document
 * shows one object with the members of both, because no member distinguishes them, so generated clients would have a union whose members
 * cannot be read.
 */
const alternatives: ReadonlySet<z.$ZodType> = new Set([
  bulkOutcome,
  createdWebhook,
  dataOrReceipt,
  editedWebhook,
  jobOrReceipt,
  jobSummaryOrReceipt,
  operationOrReceipt,
  registeredServiceOrReceipt,
  serviceOrReceipt,
  webhookWithSecret,
]);

function isAlternative(schema: z.$ZodType): schema is z.$ZodUnion {
  return alternatives.has(schema);
}

function mergedSchema({ _zod }: z.$ZodUnion): Json {
  return mergeObjects(_zod.def.options.map((option) => inlineSchema(option as z.$ZodType)));
}

/**
 * JSON Schema of a Zod schema. Named schemas become references; values that are not validated allow anything.
 */
function inlineSchema(schema: z.$ZodType): Json {
  const { $schema: _, ...json } = z.toJSONSchema(schema, {
    unrepresentable: 'any',
    io: 'input',
    override: ({ zodSchema, jsonSchema }) => {
      const name = nameOf(zodSchema);
      if (name === undefined || zodSchema === schema) return;
      for (const key of Object.keys(jsonSchema)) delete (jsonSchema as Record<string, unknown>)[key];
      Object.assign(jsonSchema, referenceTo(name));
    },
  });
  return json;
}
