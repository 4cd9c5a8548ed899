import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Answer } from '../apigateway/answer.ts';
import { type ApiRequest, parseRequest } from '../apigateway/api-request.ts';
import { ApiFailure } from '../apigateway/failure.ts';
import { readBody } from '../apigateway/read-body.ts';
import { functionUrlPath } from '../assembly/function-url-address.ts';
import type { CloudModel, FunctionInvoker } from '../cloud.ts';
import { failed, refusedAnswer, urlAnswer } from './url-answer.ts';
import { type FunctionUrl, readFunctionUrls } from './url-definition.ts';
import { urlEvent } from './url-event.ts';

/** What function URLs are served with. */
export interface FunctionUrlOptions {
  readonly model: CloudModel;
  /** Checks that anyone may invoke the function. */
  readonly invoker: Pick<FunctionInvoker, 'invoke'>;
  /** Told of requests that failed and why, which clients do not see. */
  log(line: string): void;
}

/**
 * Serves the function URLs of a model, each below a path of its own since there is one host here. What it makes takes a
 * request, or answers false for a path that is no function URL's. Throws, naming the resource, where one cannot run locally.
 */
export function serveFunctionUrls(
  options: FunctionUrlOptions,
): (incoming: IncomingMessage, outgoing: ServerResponse) => boolean {
  const urls = readFunctionUrls(options.model);
  return (incoming, outgoing) => {
    if (!incoming.url?.startsWith(functionUrlPath)) return false;
    const { urlId, request, rawQuery } = takeApart(incoming);
    const tell = (error: unknown) =>
      options.log(`${request.requestId} ${request.httpMethod} ${request.path}: ${String(error)}`);
    readBody(incoming)
      .then((body) => answer(options, urls.get(urlId), { urlId, request, rawQuery, body }))
      .catch((error: unknown) => {
        tell(error);
        return error instanceof ApiFailure ? failed(413, 'Request Entity Too Large') : refusedAnswer(error);
      })
      .then((it) => send(outgoing, request, it))
      .catch((error: unknown) => {
        tell(error);
        outgoing.destroy();
      });
    return true;
  };
}

async function answer(
  { invoker }: FunctionUrlOptions,
  url: FunctionUrl | undefined,
  request: Parameters<typeof urlEvent>[0],
): Promise<Answer> {
  if (url === undefined) return failed(404, 'Not Found');
  const payload = JSON.stringify(urlEvent(request));
  const principal = { kind: 'anyone' } as const;
  return urlAnswer(await invoker.invoke({ functionName: url.functionArn, payload, principal }));
}

/**
 * The path after the URL's id is what the function gets to see. The length of the body is among the headers, which it is
 * not at an API: https://github.com/mhart/aws4/issues/163 shows an event.
 */
function takeApart(incoming: IncomingMessage): {
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

function send(outgoing: ServerResponse, request: ApiRequest, { status, headers, body }: Answer): void {
  // A function that leaves the body of HEAD out says nothing of its length, which 0 would (RFC 9110, 8.6).
  const isUnknown = request.httpMethod === 'HEAD' && body.length === 0;
  const isBodiless = status === 204 || status === 304 || isUnknown;
  const length = isBodiless ? [] : [['Content-Length', String(body.length)] as const];
  outgoing.writeHead(
    status,
    [...headers, ...length, ['x-amzn-RequestId', request.requestId] as const].flat(),
  );
  outgoing.end(isBodiless ? undefined : body);
}
