import * as z from 'zod/v4/core';
import { jobAction } from '../../core/contract/job-actions.ts';
import { problem } from '../../core/contract/problems/problem-schema.ts';
import {
  dataDeletionPlan,
  dataEdit,
  dataReceipt,
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
  jobAbort,
  jobAttempt,
  jobError,
  jobReceipt,
  jobRepresentation,
  jobSummary,
} from '../../core/contract/schemas/job-schemas.ts';
import {
  operationFilter,
  operationReceipt,
  operationRepresentation,
  operationSummary,
} from '../../core/contract/schemas/operation-schemas.ts';
import {
  deprecation,
  registeredService,
  registeredServiceReceipt,
  registrationWarning,
  serviceDefinition,
  serviceReceipt,
  serviceRepresentation,
  serviceSummary,
} from '../../core/contract/schemas/service-schemas.ts';
import { shownInput, shownOutput } from '../../core/contract/schemas/slot-schemas.ts';
import { rerunRequest, submission } from '../../core/contract/schemas/submission-schemas.ts';
import {
  deliveryAttempt,
  deliveryRepresentation,
  newWebhook,
  redeliverRequest,
  webhookEdit,
  webhookReceipt,
  webhookRepresentation,
} from '../../core/contract/schemas/webhook-schemas.ts';
import { workerInput } from '../../core/contract/schemas/worker-schemas.ts';
import { describeMembers } from './descriptions/describe-members.ts';
import { operationMembers } from './descriptions/operation-descriptions.ts';
import { schemaMembers } from './descriptions/schema-descriptions.ts';

type Json = Readonly<Record<string, unknown>>;

/** Schemas that are components of the document; all others are inlined. */
const schemas = {
  AbortRequest: abortRequest,
  Data: dataRepresentation,
  DataDeletionPlan: dataDeletionPlan,
  DataEdit: dataEdit,
  DataReceipt: dataReceipt,
  DataSummary: dataSummary,
  DataUpload: dataUpload,
  Delivery: deliveryRepresentation,
  DeliveryAttempt: deliveryAttempt,
  Deprecation: deprecation,
  Group: groupRepresentation,
  Job: jobRepresentation,
  JobAbort: jobAbort,
  JobAction: jobAction,
  JobAttempt: jobAttempt,
  JobError: jobError,
  JobEdit: jobEdit,
  JobEvent: jobEvent,
  JobInput: shownInput,
  JobOutput: shownOutput,
  JobReceipt: jobReceipt,
  JobSummary: jobSummary,
  NewData: newData,
  NewWebhook: newWebhook,
  Operation: operationRepresentation,
  OperationFilter: operationFilter,
  OperationReceipt: operationReceipt,
  OperationSummary: operationSummary,
  Problem: problem,
  RedeliverRequest: redeliverRequest,
  RegisteredService: registeredService,
  RegisteredServiceReceipt: registeredServiceReceipt,
  RegistrationWarning: registrationWarning,
  RerunRequest: rerunRequest,
  Service: serviceRepresentation,
  ServiceDefinition: serviceDefinition,
  ServiceReceipt: serviceReceipt,
  ServiceSummary: serviceSummary,
  Submission: submission,
  UploadCompletion: uploadCompletion,
  UploadPart: uploadPart,
  Webhook: webhookRepresentation,
  WebhookEdit: webhookEdit,
  WebhookReceipt: webhookReceipt,
  WorkerInput: workerInput,
} as const satisfies Readonly<Record<keyof typeof schemaMembers, z.$ZodType>>;

const namedEntries = Object.entries(schemas) as ReadonlyArray<
  readonly [keyof typeof schemaMembers, z.$ZodType]
>; // the entries of a const object

/** The schema of a body or a response, with the descriptions of its operation if it is not a named schema. */
export function schemaOf(schema: z.$ZodType, operationId: string): Json {
  const name = nameOf(schema);
  if (name !== undefined) return { $ref: `#/components/schemas/${name}` };
  return describeMembers(inlineSchema(schema), operationMembers[operationId] ?? {}, operationId);
}

/** The schemas of `components`, by name. */
export function namedSchemas(): Json {
  return Object.fromEntries(
    namedEntries.map(([name, schema]) => [
      name,
      describeMembers(inlineSchema(schema), schemaMembers[name], name),
    ]),
  );
}

function nameOf(schema: z.$ZodType): string | undefined {
  return namedEntries.find(([, candidate]) => candidate === schema)?.[0];
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
      Object.assign(jsonSchema, { $ref: `#/components/schemas/${name}` });
    },
  });
  return json;
}
