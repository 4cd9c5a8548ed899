import { isConditional, type Route } from '../core/contract/route.ts';

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

/** What a route takes beside its body, as an OpenAPI document lists it; `query` is the JSON Schema of its query. */
export function routeParameters(route: Route, query: Json): Json[] {
  return [...pathParameters(route), ...queryParameters(query), ...headerParameters(route)];
}

function pathParameters({ path }: Route): Json[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => ({
    name,
    in: 'path',
    required: true,
    description: parameterTexts[name],
    schema: { type: 'string' },
  }));
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

function headerParameters(route: Route): Json[] {
  const parameter = (name: string, description: string) => ({
    name,
    in: 'header',
    description,
    schema: { type: 'string' },
  });
  const cap = route.servedBy === 'submit' ? 280 : 25;
  return [
    ...(route.waits === true
      ? [
          parameter('Prefer', `\`wait=N\`: hold the call up to N seconds, ${cap} at most (RFC 7240)`),
          parameter('Timeout', 'Another way to say `Prefer: wait=N`'),
        ]
      : []),
    ...(isConditional(route) ? preconditions(route).map(({ name, text }) => parameter(name, text)) : []),
    ...(route.follows === true
      ? [parameter('Last-Event-ID', 'Sequence number of the event behind which a stream goes on; 0 for all')]
      : []),
    ...(route.repeatable === true
      ? [
          parameter(
            'Idempotency-Key',
            'Key of 1 to 255 printable ASCII characters, quoted or bare. For 7 days the same request with the same key makes nothing new and answers what the first one made',
          ),
        ]
      : []),
    ...(route.worker === true
      ? [
          parameter(
            'Errand-Worker-Id',
            'Which container this is: its `AWS_BATCH_JOB_ID`; left out by functions',
          ),
        ]
      : []),
    ...(route.servedBy === 'submit'
      ? [parameter('traceparent', 'Trace to continue (W3C Trace Context)')]
      : []),
  ];
}

function preconditions({ method }: Route): readonly { readonly name: string; readonly text: string }[] {
  const tags = '`*` or a list of entity tags (RFC 9110, 13.1)';
  const status = method === 'GET' ? 304 : 412;
  return [
    { name: 'If-Match', text: `${tags}: answer 412 unless the ETag is one of them` },
    { name: 'If-None-Match', text: `${tags}: answer ${status} while the ETag is one of them` },
  ];
}
