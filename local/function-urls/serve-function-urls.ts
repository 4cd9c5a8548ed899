import type { IncomingMessage, ServerResponse } from 'node:http';
import { type ApiRequest, parseRequest } from '../apigateway/api-request.ts';
import { ApiFailure } from '../apigateway/failure.ts';
import type { HttpResponse } from '../apigateway/http-response.ts';
import { readBody } from '../apigateway/read-body.ts';
import { functionUrlPath } from '../assembly/function-url-address.ts';
import type { CloudModel, FunctionInvoker } from '../cloud.ts';
import { type FunctionUrl, readFunctionUrls } from './url-definition.ts';
import { urlEvent } from './url-event.ts';
import { failureResponse, refusalResponse, urlResponse } from './url-response.ts';

/** Options of function URLs. */
export interface FunctionUrlOptions {
  readonly model: CloudModel;
  /** Invokes functions. It checks that anyone may invoke the function. */
  readonly invoker: Pick<FunctionInvoker, 'invoke'>;
  /** Receives a line for each failed request with the cause, which clients do not receive. */
  log(line: string): void;
}

/**
 * Serves the function URLs of a model on the one local host, each below its own path. Returns a request
 * handler, which returns false for a path that does not belong to a function URL. Throws an error that names
 * the resource if it cannot run locally.
 */
export function serveFunctionUrls(
  options: FunctionUrlOptions,
): (incoming: IncomingMessage, outgoing: ServerResponse) => boolean {
  const urls = readFunctionUrls(options.model);
  return (incoming, outgoing) => {
    if (!incoming.url?.startsWith(functionUrlPath)) return false;
    const { urlId, request, rawQuery } = splitRequest(incoming);
    const logFailure = (error: unknown) =>
      options.log(`${request.requestId} ${request.httpMethod} ${request.path}: ${String(error)}`);
    readBody(incoming)
      .then((body) => respond(options, urls.get(urlId), { urlId, request, rawQuery, body }))
      .catch((error: unknown) => {
        logFailure(error);
        return error instanceof ApiFailure
          ? failureResponse(413, 'Request Entity Too Large')
          : refusalResponse(error);
      })
      .then((response) => send(outgoing, request, response))
      .catch((error: unknown) => {
        logFailure(error);
        outgoing.destroy();
      });
    return true;
  };
}

async function respond(
  { invoker }: FunctionUrlOptions,
  url: FunctionUrl | undefined,
  request: Parameters<typeof urlEvent>[0],
): Promise<HttpResponse> {
  if (url === undefined) return failureResponse(404, 'Not Found');
  const payload = JSON.stringify(urlEvent(request));
  const principal = { kind: 'anyone' } as const;
  return urlResponse(await invoker.invoke({ functionName: url.functionArn, payload, principal }));
}

/**
 * Splits a request into the URL's id and the request that the function receives, whose path follows the id.
 * Unlike at an API, the headers include the length of the body: https://github.com/mhart/aws4/issues/163
 * shows such an event.
 */
function splitRequest(incoming: IncomingMessage): {
  readonly urlId: string;
  readonly request: ApiRequest;
  readonly rawQuery: string;
} {
  const whole = parseRequest(incoming);
  const [urlId = '', ...path] = whole.path.slice(functionUrlPath.length).split('/');
  const { url: target = '', headers } = incoming;
  const length = headers['content-length'];
  const ownHeaders = length === undefined ? whole.headers : { ...whole.headers, 'content-length': [length] };
  const query = target.indexOf('?');
  return {
    urlId,
    request: { ...whole, headers: ownHeaders, path: `/${path.join('/')}` },
    rawQuery: query === -1 ? '' : target.slice(query + 1),
  };
}

function send(outgoing: ServerResponse, request: ApiRequest, { status, headers, body }: HttpResponse): void {
  // If a function omits the body of a HEAD response, its length is unknown; `Content-Length: 0` would state
  // that it is empty (RFC 9110, 8.6).
  const isUnknown = request.httpMethod === 'HEAD' && body.length === 0;
  const isBodiless = status === 204 || status === 304 || isUnknown;
  const length = isBodiless ? [] : [['Content-Length', String(body.length)] as const];
  outgoing.writeHead(
    status,
    [...headers, ...length, ['x-amzn-RequestId', request.requestId] as const].flat(),
  );
  outgoing.end(isBodiless ? undefined : body);
}
