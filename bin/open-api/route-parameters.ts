import { idempotencyKeyPattern } from '../../core/contract/http/idempotency-key.ts';
import {
  dataReference,
  jobReference,
  operationReference,
  serviceName,
  serviceVersion,
  webhookIdText,
} from '../../core/contract/names.ts';
import { isConditional, type Route } from '../../core/contract/routes/route.ts';
import { maxParts } from '../../core/contract/schemas/data-schemas.ts';
import { pageSize } from '../../core/contract/schemas/list-schemas.ts';
import { slotName } from '../../core/contract/schemas/slot-schemas.ts';
import { deliveryIdText } from '../../core/contract/schemas/webhook-schemas.ts';
import { workerId } from '../../core/contract/schemas/worker-schemas.ts';
import { groupName } from '../../core/contract/tags.ts';
import { toJsonSchema } from './to-json-schema.ts';

type Json = Readonly<Record<string, unknown>>;

const parameterDescriptions: Readonly<Record<string, string>> = {
  after:
    'A `position` of an earlier response, after which to continue, or `now`; by default the oldest event that is kept. A stream with `Last-Event-ID` ignores it',
  attempt: 'Number of the attempt; by default the last attempt that has a log',
  cascade:
    'Comma-separated list of what to delete too: `children`, all sub-jobs at every depth; `outputs`, what the deleted jobs wrote; `inputs`, what they use, unless another job uses or wrote it',
  createdAfter: 'Only items created at or after this time; a date means the start of that day in UTC',
  createdBefore: 'Only items created before this time; a date means the start of that day in UTC',
  cursor: 'The `nextCursor` of the previous page',
  dataId: 'ID or URN of the data object',
  deliveryId: 'ID of the delivery',
  depth: 'Maximum number of relations between the requested node and another one, by default 3',
  direction: '`up`: what it comes from; `down`: what comes from it; `both` (default): both, each on its own',
  dryRun: '`true`: delete nothing, and return what would be deleted',
  from: 'Number of the first part, by default 1',
  id: 'ID or URN of the job, the data object or the operation, or ID of the webhook; as a query parameter, a comma-separated list of at most 100',
  job: 'Only data objects that the job with this ID or URN wrote, in any attempt',
  jobId: 'Comma-separated list of at most 100 IDs or URNs of jobs',
  limit: 'Maximum number of items per page, by default 50; a value above 1000 is reduced to 1000',
  mediaType: 'Only data objects with exactly this media type',
  metadata:
    'Only jobs with these indexed members of their metadata: `metadata.<member>` has this value, `metadata.<member>.min` and `.max` bound a number, both inclusive. Each is a query parameter of its own',
  group: 'Only jobs in this group',
  name: 'Name of the service or the group',
  namePrefix: 'Only items whose name starts with this text',
  order: '`desc` (default): newest first; `asc`: oldest first',
  origin: '`upload`: only data objects that clients uploaded; `job`: only those that jobs wrote',
  parent: 'Only sub-jobs of the job with this ID or URN',
  redirect: '`false`: return the URL of the content in the body instead of redirecting to it',
  service: 'Comma-separated list of service names',
  serviceVersion: 'Only jobs of this version of their service',
  slot: 'Name of the slot',
  status: 'Comma-separated list of states of jobs, or one status of data objects or deliveries',
  tag: 'Only items with this tag',
  type: 'Comma-separated list of types of events, such as `errand.job.succeeded`',
  validateOnly: '`true`: only validate the submission, and create no job; the response to a valid one is 204',
  version: 'Semantic version of the service',
};

/** The schema of `id` in the path of a data object. */
const dataId = toJsonSchema(dataReference);

/**
 * The schema of the first path parameter of other resources than jobs and services, by the path up to the end of
 * the parameter.
 */
const resourceSchemas: Readonly<Record<string, Json>> = {
  '/v1/data/{id}': dataId,
  '/v1/groups/{name}': toJsonSchema(groupName),
  '/v1/operations/{id}': toJsonSchema(operationReference),
  '/v1/webhooks/{id}': toJsonSchema(webhookIdText),
};

/** The schema of each path parameter. */
const pathSchemas: Readonly<Record<string, Json>> = {
  dataId,
  deliveryId: toJsonSchema(deliveryIdText),
  id: toJsonSchema(jobReference),
  name: toJsonSchema(serviceName),
  slot: toJsonSchema(slotName),
  version: toJsonSchema(serviceVersion),
};

const entityTag = '(?:W/)?"[!#-~]*"';
/** `*`, or comma-separated entity tags (RFC 9110, 13.1); Errand's entity tags consist of ASCII characters. */
const tagListPattern = `^(?:[*]|${entityTag}(?:, ?${entityTag})*)$`;
const anyText = { type: 'string' };

/**
 * The path, query and header parameters of a route as OpenAPI objects; `query` is the JSON Schema of its
 * query.
 */
export function routeParameters(route: Route, query: Json): Json[] {
  return [
    ...pathParameters(route),
    ...queryParameters(query),
    ...parameterGroups(route),
    ...headerParameters(route),
  ];
}

/** Path parameters that one operation reads in another way than all others. */
const operationParameters: Readonly<Record<string, Readonly<Record<string, Json>>>> = {
  getServiceVersion: {
    version: {
      description:
        'Semantic version, or a range such as `^1.2`, which selects the newest active version in it, but no development version',
      schema: { type: 'string', minLength: 1, maxLength: 64 },
    },
  },
};

function pathParameters({ operationId, path }: Route): Json[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => {
    const start = path.slice(0, path.indexOf(`{${name}}`) + name.length + 2);
    const schema = resourceSchemas[start] ?? pathSchemas[name];
    if (schema === undefined)
      throw new Error(`The path parameter {${name}} of ${path} has no schema: add it to pathSchemas`);
    const own = operationParameters[operationId]?.[name];
    return { name, in: 'path', required: true, description: parameterDescriptions[name], schema, ...own };
  });
}

function queryParameters(query: Json): Json[] {
  const shape = query['properties'] as Record<string, Json>; // a strict object always has properties
  return Object.entries(shape).map(([name, schema]) => ({
    name,
    in: 'query',
    description: parameterDescriptions[name],
    schema: typedParameter(name, schema),
  }));
}

/**
 * Whole numbers that Zod parses as text, with their limits. What a larger `limit` means is in its description; it is not rejected.
 */
const wholeNumbers: Readonly<Record<string, Json>> = {
  attempt: { minimum: 1, maximum: 10 },
  depth: { minimum: 1, maximum: 20, default: 3 },
  from: { minimum: 1, maximum: maxParts, default: 1 },
  limit: { minimum: 1, maximum: 999_999_999, default: pageSize.default },
};

const booleanTexts = JSON.stringify(['true', 'false']);

/** A parameter as the type that its text stands for, which generated clients then require. */
function typedParameter(name: string, schema: Json): Json {
  const limits = wholeNumbers[name];
  if (limits !== undefined) return { type: 'integer', ...limits };
  return JSON.stringify(schema['enum']) === booleanTexts ? { type: 'boolean' } : schema;
}

/** Each member of an exploded object in the style `form` is a query parameter of its own. */
function parameterGroups({ queryGroups = {} }: Route): Json[] {
  return Object.entries(queryGroups).map(([name, schema]) => ({
    name,
    in: 'query',
    style: 'form',
    explode: true,
    description: parameterDescriptions[name],
    schema,
  }));
}

interface HeaderParameter {
  readonly name: string;
  readonly description: string;
  /** Default: any text, for headers whose malformed values are ignored. */
  readonly schema?: Json;
}

function headerParameters(route: Route): Json[] {
  return [
    ...waits(route),
    ...preconditions(route),
    ...lastEventId(route),
    ...idempotencyKey(route),
    ...worker(route),
    ...trace(route),
  ].map(({ name, description, schema = anyText }) => ({ name, in: 'header', description, schema }));
}

function waits(route: Route): readonly HeaderParameter[] {
  if (route.supportsLongPoll !== true) return [];
  const cap = route.servedBy === 'submit' ? 280 : 25;
  const what = route.path === '/v1/events' ? 'an event' : 'the job';
  return [
    {
      name: 'Prefer',
      description: `\`wait=N\`: wait for ${what} up to N seconds, at most ${cap} (RFC 7240); malformed preferences are ignored`,
    },
    { name: 'Timeout', description: 'Alias of `Prefer: wait=N`, in seconds' },
  ];
}

function preconditions(route: Route): readonly HeaderParameter[] {
  if (!isConditional(route)) return [];
  const tags = '`*` or a list of entity tags (RFC 9110, 13.1)';
  const status = route.method === 'GET' ? 304 : 412;
  const schema = { type: 'string', pattern: tagListPattern };
  return [
    { name: 'If-Match', schema, description: `${tags}: the response is 412 unless the ETag is one of them` },
    {
      name: 'If-None-Match',
      schema,
      description: `${tags}: the response is ${status} if the ETag is one of them`,
    },
  ];
}

function lastEventId({ supportsStream, path }: Route): readonly HeaderParameter[] {
  const id =
    path === '/v1/events'
      ? 'The last `id` of an earlier stream, after which a stream continues'
      : 'Sequence number of the event after which a stream continues; 0 for all events';
  const description = `${id}. Ignored unless the response is a stream`;
  return supportsStream === true ? [{ name: 'Last-Event-ID', description }] : [];
}

function idempotencyKey({ supportsIdempotencyKey }: Route): readonly HeaderParameter[] {
  if (supportsIdempotencyKey !== true) return [];
  const description =
    'Key of 1 to 255 printable ASCII characters, quoted or unquoted. For 7 days, a repeated request with the same key creates no new jobs and returns those of the first request';
  return [
    { name: 'Idempotency-Key', description, schema: { type: 'string', pattern: idempotencyKeyPattern } },
  ];
}

function worker(route: Route): readonly HeaderParameter[] {
  if (route.requiresWorkerToken !== true) return [];
  const description = 'ID of the container, its `AWS_BATCH_JOB_ID`; functions do not send this header';
  const invocation =
    'Request ID, log group and log stream of the function, separated by spaces, with which the log of the attempt is found; a malformed value is ignored, and containers do not send this header';
  return [
    { name: 'Errand-Worker-Id', description, schema: toJsonSchema(workerId) },
    { name: 'Errand-Invocation', description: invocation },
  ];
}

function trace({ servedBy }: Route): readonly HeaderParameter[] {
  const description = 'Trace to continue (W3C Trace Context); a malformed value is ignored';
  return servedBy === 'submit' ? [{ name: 'traceparent', description }] : [];
}
