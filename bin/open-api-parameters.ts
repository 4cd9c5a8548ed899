import { idempotencyKeyForm } from '../core/contract/http/idempotency-key.ts';
import { jobReference, serviceName, serviceVersion } from '../core/contract/names.ts';
import { isConditional, type Route } from '../core/contract/routes/route.ts';
import { workerId } from '../core/contract/schemas/worker-schemas.ts';
import { toJsonSchema } from './json-schema.ts';

type Json = Readonly<Record<string, unknown>>;

const parameterTexts: Readonly<Record<string, string>> = {
  attempt: 'Number of the attempt; the last one that has a log if not given',
  cursor: 'Where the last page ended, as `nextCursor` told',
  id: 'Job id, or its URN',
  limit: 'Items a page, 50 if not given; more than 1000 is lowered to 1000',
  name: 'Name of the service',
  service: 'Comma list of service names',
  status: 'Comma list of states',
  tag: 'Only versions that carry this tag',
  validateOnly: '`true`: only tell whether the submission would be accepted',
  version: 'Semantic version',
};

/** What each variable of a path is. */
const pathSchemas: Readonly<Record<string, Json>> = {
  id: toJsonSchema(jobReference),
  name: toJsonSchema(serviceName),
  version: toJsonSchema(serviceVersion),
};

const entityTag = '(?:W/)?"[!#-~]*"';
/** `*`, or entity tags with commas between them (RFC 9110, 13.1); tags of Errand have no characters beyond ASCII. */
const tagListForm = `^(?:[*]|${entityTag}(?:, ?${entityTag})*)$`;
const anyText = { type: 'string' };

/** What a route takes beside its body, as an OpenAPI document lists it; `query` is the JSON Schema of its query. */
export function routeParameters(route: Route, query: Json): Json[] {
  return [...pathParameters(route), ...queryParameters(query), ...headerParameters(route)];
}

function pathParameters({ path }: Route): Json[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => {
    const schema = pathSchemas[name];
    if (schema === undefined)
      throw new Error(`Nothing says what {${name}} of ${path} is: add it to pathSchemas`);
    return { name, in: 'path', required: true, description: parameterTexts[name], schema };
  });
}

function queryParameters(query: Json): Json[] {
  const shape = query['properties'] as Record<string, Json>; // a strict object always has properties
  return Object.entries(shape).map(([name, schema]) => ({
    name,
    in: 'query',
    description: parameterTexts[name],
    schema,
  }));
}

interface HeaderParameter {
  readonly name: string;
  readonly description: string;
  /** Any text when absent: a header that a server does not understand is ignored. */
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
  if (route.waits !== true) return [];
  const cap = route.servedBy === 'submit' ? 280 : 25;
  return [
    {
      name: 'Prefer',
      description: `\`wait=N\`: wait for the job up to N seconds, ${cap} at most (RFC 7240); what is not understood is ignored`,
    },
    { name: 'Timeout', description: 'Another way to say `Prefer: wait=N`' },
  ];
}

function preconditions(route: Route): readonly HeaderParameter[] {
  if (!isConditional(route)) return [];
  const tags = '`*` or a list of entity tags (RFC 9110, 13.1)';
  const status = route.method === 'GET' ? 304 : 412;
  const schema = { type: 'string', pattern: tagListForm };
  return [
    { name: 'If-Match', schema, description: `${tags}: answer 412 unless the ETag is one of them` },
    { name: 'If-None-Match', schema, description: `${tags}: answer ${status} while the ETag is one of them` },
  ];
}

function lastEventId({ follows }: Route): readonly HeaderParameter[] {
  const description =
    'Sequence number of the event behind which a stream goes on; 0 for all. Read where the answer is a stream';
  return follows === true ? [{ name: 'Last-Event-ID', description }] : [];
}

function idempotencyKey({ repeatable }: Route): readonly HeaderParameter[] {
  if (repeatable !== true) return [];
  const description =
    'Key of 1 to 255 printable ASCII characters, quoted or bare. For 7 days the same request with the same key makes nothing new and answers what the first one made';
  return [{ name: 'Idempotency-Key', description, schema: { type: 'string', pattern: idempotencyKeyForm } }];
}

function worker(route: Route): readonly HeaderParameter[] {
  if (route.worker !== true) return [];
  const description = 'Which container this is: its `AWS_BATCH_JOB_ID`; left out by functions';
  return [{ name: 'Errand-Worker-Id', description, schema: toJsonSchema(workerId) }];
}

function trace({ servedBy }: Route): readonly HeaderParameter[] {
  const description = 'Trace to continue (W3C Trace Context); one that is malformed is ignored';
  return servedBy === 'submit' ? [{ name: 'traceparent', description }] : [];
}
