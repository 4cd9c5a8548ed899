import type { APIGatewayProxyEvent } from 'aws-lambda';
import { scopes } from '../../core/contract/routes/route.ts';

export interface ProxyRequest {
  readonly method?: string;
  /** Including the query, if any. */
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string;
  /** The output of the authorizer; by default a caller of the tenant `local` with every scope, null for none. */
  readonly authorizer?: Readonly<Record<string, unknown>> | null;
  readonly stage?: string;
}

const caller = { tenant: 'local', principal: 'local', scopes: scopes.join(' ') };

/** The event of a Lambda proxy integration, with the members that our functions read. */
export function proxyEvent(request: ProxyRequest = {}): APIGatewayProxyEvent {
  const {
    method = 'GET',
    path = '/v1/jobs',
    headers = {},
    body = null,
    authorizer = caller,
    stage = 'live',
  } = request;
  const [pathname = '', search = ''] = path.split('?');
  const query = new URLSearchParams(search);
  const lists = Object.fromEntries([...new Set(query.keys())].map((name) => [name, query.getAll(name)]));
  const event = {
    httpMethod: method,
    path: pathname,
    headers: {},
    multiValueHeaders: Object.fromEntries(
      Object.entries({ Host: 'api.example', ...headers }).map(([name, values]) => [name, [values].flat()]),
    ),
    queryStringParameters: search === '' ? null : Object.fromEntries(query),
    multiValueQueryStringParameters: search === '' ? null : lists,
    pathParameters: null,
    stageVariables: null,
    body,
    isBase64Encoded: false,
    resource: '/{proxy+}',
    requestContext: { requestId: 'request-1', stage, path: pathname, authorizer },
  };
  // Of the context our functions read only these members.
  return event as unknown as APIGatewayProxyEvent;
}
