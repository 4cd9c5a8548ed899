import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { CloudModel, FunctionInvoker, Part } from '../cloud.ts';
import { startLoopbackServer } from '../loopback-server.ts';
import { type ApiDefinition, readApiDefinition } from './api-definition.ts';
import { type ApiRequest, headerBytes, parseRequest } from './api-request.ts';
import { type Authorize, createAuthorize } from './authorize.ts';
import { ApiFailure, BAD_INTEGRATION_ANSWER, HEADERS_TOO_LARGE, MISSING_ROUTE } from './failure.ts';
import { failureAnswer } from './failure-answer.ts';
import { integrateBuffered, integrateStreamed } from './integrate.ts';
import { proxyEvent, type RoutedRequest } from './proxy-event.ts';
import { readBody } from './read-body.ts';
import { findRoute } from './route.ts';
import { clientGone, sendAnswer, sendStreamed } from './send-answer.ts';

/** What a local REST API is started with. */
export interface ApiOptions {
  readonly model: CloudModel;
  /** Checks that API Gateway may invoke a function; the API itself asks for nothing else. */
  readonly invoker: FunctionInvoker;
  /** TCP port on 127.0.0.1; 0 is any free one. */
  readonly port: number;
  /** A stream without a byte for so long is closed; default 300, as for a Regional API. */
  readonly streamIdleSeconds?: number;
  /** Requests in flight are given so long when the API stops; default 2. */
  readonly stopGraceSeconds?: number;
  /** Takes the requests that come to this port for something else; false for those of the API. */
  takeOther?(incoming: IncomingMessage, outgoing: ServerResponse): boolean;
  /** Told of requests that failed and why, which clients do not see. */
  log?(line: string): void;
}

/** A REST API that is being served. */
export interface LocalApi extends Part {
  /** Such as `http://127.0.0.1:4510`; the stage is no part of the path, as behind a custom domain name. */
  readonly url: string;
}

/** @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html */
const MAXIMUM_HEADER_BYTES = 10_240;
const MAXIMUM_STREAM_MILLISECONDS = 15 * 60 * 1_000;

interface Serving {
  readonly api: ApiDefinition;
  readonly invoker: FunctionInvoker;
  readonly authorize: Authorize;
  readonly streamIdleMilliseconds: number;
  log(line: string): void;
}

/**
 * Serves the one REST API of a model. Throws, naming the resource, where it cannot run locally, and with code
 * `EADDRINUSE` where the port is taken.
 */
export async function startApi(options: ApiOptions): Promise<LocalApi> {
  const serving: Serving = {
    api: readApiDefinition(options.model),
    invoker: options.invoker,
    authorize: createAuthorize(options.invoker),
    streamIdleMilliseconds: (options.streamIdleSeconds ?? 300) * 1_000,
    log: options.log ?? (() => undefined),
  };
  // Node.js would cut requests after 5 minutes and bound headers itself; both limits are API Gateway's to set.
  const { server, url } = await startLoopbackServer(
    { port: options.port, requestTimeout: 0, maxHeaderSize: 65_536 },
    (incoming, outgoing) => {
      if (options.takeOther?.(incoming, outgoing) === true) return;
      serve(serving, incoming, outgoing).catch((error: unknown) => {
        serving.log(`${incoming.method} ${incoming.url}: ${String(error)}`);
        outgoing.destroy();
      });
    },
  );
  return { url, stop: () => stopServer(server, (options.stopGraceSeconds ?? 2) * 1_000) };
}

async function serve(serving: Serving, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const request = parseRequest(incoming);
  const route = findRoute(serving.api, request.httpMethod, request.path);
  try {
    const body = await readBody(incoming);
    if (headerBytes(incoming) > MAXIMUM_HEADER_BYTES) throw new ApiFailure(HEADERS_TOO_LARGE);
    if (route === undefined) throw new ApiFailure(MISSING_ROUTE);
    await answer(serving, { routed: { api: serving.api, request, route }, body }, outgoing);
  } catch (error) {
    if (outgoing.destroyed && !outgoing.headersSent) return;
    logFailure(serving, request, error);
    if (outgoing.headersSent) return;
    const failure = error instanceof ApiFailure ? error.failure : BAD_INTEGRATION_ANSWER;
    sendAnswer(outgoing, request, failureAnswer(serving.api, failure, { request, route }));
  }
}

async function answer(
  serving: Serving,
  { routed, body }: { readonly routed: RoutedRequest; readonly body: Buffer },
  outgoing: ServerResponse,
): Promise<void> {
  const { method } = routed.route;
  const authorizer =
    method.authorizer === undefined ? undefined : await serving.authorize(routed, method.authorizer);
  const event = proxyEvent(routed, body, authorizer);
  if (!method.isStreamed) {
    sendAnswer(outgoing, routed.request, await integrateBuffered(serving.invoker, routed, event));
    return;
  }
  const limits = {
    timeoutMilliseconds: Math.min(method.timeoutMilliseconds, MAXIMUM_STREAM_MILLISECONDS),
    idleMilliseconds: serving.streamIdleMilliseconds,
  };
  const readerGone = clientGone(outgoing);
  const streamed = await integrateStreamed(serving.invoker, { routed, event, limits, readerGone });
  await sendStreamed(outgoing, routed.request, streamed);
}

/** Failures that say all there is to say, such as a missing route, are not worth a line. */
function logFailure(serving: Serving, request: ApiRequest, error: unknown): void {
  const cause = error instanceof ApiFailure ? error.cause : error;
  if (cause === undefined) return;
  const text = cause instanceof Error ? String(cause) : JSON.stringify(cause);
  serving.log(`${request.requestId} ${request.httpMethod} ${request.path}: ${String(error)} (${text})`);
}

/** New requests are refused at once and idle connections closed; the others get their time to end. */
async function stopServer(server: Server, graceMilliseconds: number): Promise<void> {
  if (!server.listening) return;
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), graceMilliseconds);
  await closed;
  clearTimeout(timer);
}
