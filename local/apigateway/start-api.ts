import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { functionUrlPath } from '../assembly/function-url-address.ts';
import type { CloudModel, FunctionInvoker, Part } from '../cloud.ts';
import { type LoopbackOptions, startLoopbackServer } from '../loopback-server.ts';
import { type ApiDefinition, readApiDefinition } from './api-definition.ts';
import { type ApiRequest, headerBytes, parseRequest } from './api-request.ts';
import { type Authorize, createAuthorize } from './authorize.ts';
import { ApiFailure, headersTooLarge, invalidIntegrationResponse, missingRoute } from './failure.ts';
import { failureResponse } from './failure-response.ts';
import { integrateBuffered, integrateStreamed } from './integrate.ts';
import { proxyEvent, type RoutedRequest } from './proxy-event.ts';
import { readBody } from './read-body.ts';
import { findRoute } from './route.ts';
import { clientDisconnected, sendResponse, sendStreamed } from './send-response.ts';

/** Options of a local REST API. */
export interface ApiOptions {
  readonly model: CloudModel;
  /**
   * Invokes functions. It checks that API Gateway may invoke them; the API itself needs no other permission.
   */
  readonly invoker: FunctionInvoker;
  /** TCP port on 127.0.0.1; 0 selects any free port. */
  readonly port: number;
  /** Origins whose web pages may send requests to the API, besides those of this machine; `*` allows every origin. */
  readonly allowedOrigins?: readonly string[];
  /** A stream without data for this many seconds is closed; default 300, as for a Regional API. */
  readonly streamIdleSeconds?: number;
  /** Seconds that requests in flight have to finish when the API stops; default 2. */
  readonly stopGraceSeconds?: number;
  /** Handles requests to this port that are not for the API. Returns false for requests to the API. */
  handleOther?(incoming: IncomingMessage, outgoing: ServerResponse): boolean;
  /** Receives a line for each failed request with the cause, which clients do not receive. */
  log?(line: string): void;
}

/** A running REST API. */
export interface LocalApi extends Part {
  /**
   * Base URL, such as `http://127.0.0.1:4510`. As behind a custom domain name, paths do not contain the
   * stage.
   */
  readonly url: string;
}

/** @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html */
const maxHeaderBytes = 10_240;
const maxStreamMs = 15 * 60 * 1_000;
/**
 * Many clients report an error if the server closes an idle connection in the moment in which they use it again. With Node's default
 * of 5 s, this happens to a client that pauses for some seconds.
 */
const keepAliveMs = 60_000;

interface Serving {
  readonly api: ApiDefinition;
  readonly invoker: FunctionInvoker;
  readonly authorize: Authorize;
  readonly streamIdleMs: number;
  log(line: string): void;
}

/**
 * Serves the one REST API of a model. Throws an error that names the resource if it cannot run locally, and
 * an error with code `EADDRINUSE` if the port is in use.
 */
export async function startApi(options: ApiOptions): Promise<LocalApi> {
  const serving: Serving = {
    api: readApiDefinition(options.model),
    invoker: options.invoker,
    authorize: createAuthorize(options.invoker),
    streamIdleMs: (options.streamIdleSeconds ?? 300) * 1_000,
    log: options.log ?? (() => undefined),
  };
  // Node.js would abort requests after 5 minutes and limit headers itself; API Gateway's own limits apply
  // instead.
  const { server, url } = await startLoopbackServer(
    {
      port: options.port,
      requestTimeout: 0,
      maxHeaderSize: 65_536,
      keepAliveTimeout: keepAliveMs,
      allowsOrigin: originCheck(options.allowedOrigins ?? []),
    },
    (incoming, outgoing) => {
      if (options.handleOther?.(incoming, outgoing) === true) return;
      serve(serving, incoming, outgoing).catch((error: unknown) => {
        serving.log(`${incoming.method} ${incoming.url}: ${String(error)}`);
        outgoing.destroy();
      });
    },
  );
  return { url, stop: () => stopServer(server, (options.stopGraceSeconds ?? 2) * 1_000) };
}

/** Function URLs have the same port as the API; their callers are no web pages. */
function originCheck(allowed: readonly string[]): NonNullable<LoopbackOptions['allowsOrigin']> {
  return (origin, { url = '' }) =>
    !url.startsWith(functionUrlPath) && (allowed.includes('*') || allowed.includes(origin));
}

async function serve(serving: Serving, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const request = parseRequest(incoming);
  const route = findRoute(serving.api, request.httpMethod, request.path);
  try {
    const body = await readBody(incoming);
    if (headerBytes(incoming) > maxHeaderBytes) throw new ApiFailure(headersTooLarge);
    if (route === undefined) throw new ApiFailure(missingRoute);
    await respond(serving, { routed: { api: serving.api, request, route }, body }, outgoing);
  } catch (error) {
    if (outgoing.destroyed && !outgoing.headersSent) return;
    logFailure(serving, request, error);
    if (outgoing.headersSent) return;
    const failure = error instanceof ApiFailure ? error.failure : invalidIntegrationResponse;
    sendResponse(outgoing, request, failureResponse(serving.api, failure, { request, route }));
  }
}

async function respond(
  serving: Serving,
  { routed, body }: { readonly routed: RoutedRequest; readonly body: Buffer },
  outgoing: ServerResponse,
): Promise<void> {
  const { method } = routed.route;
  const authorizer =
    method.authorizer === undefined ? undefined : await serving.authorize(routed, method.authorizer);
  const event = proxyEvent(routed, body, authorizer);
  if (!method.isStreamed) {
    sendResponse(outgoing, routed.request, await integrateBuffered(serving.invoker, routed, event));
    return;
  }
  const limits = {
    timeoutMs: Math.min(method.timeoutMs, maxStreamMs),
    idleMs: serving.streamIdleMs,
  };
  const readerDisconnected = clientDisconnected(outgoing);
  const streamed = await integrateStreamed(serving.invoker, { routed, event, limits, readerDisconnected });
  await sendStreamed(outgoing, routed.request, streamed);
}

/** Logs the cause of a failure. Failures without a cause, such as a missing route, are not logged. */
function logFailure(serving: Serving, request: ApiRequest, error: unknown): void {
  const cause = error instanceof ApiFailure ? error.cause : error;
  if (cause === undefined) return;
  const text = cause instanceof Error ? String(cause) : JSON.stringify(cause);
  serving.log(`${request.requestId} ${request.httpMethod} ${request.path}: ${String(error)} (${text})`);
}

/** Stops accepting requests and closes idle connections at once; requests in flight get the grace period. */
async function stopServer(server: Server, graceMs: number): Promise<void> {
  if (!server.listening) return;
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), graceMs);
  await closed;
  clearTimeout(timer);
}
