import { randomUUID } from 'node:crypto';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { AwsError } from '../aws-error.ts';
import type { AccessControl, AwsRequest, AwsResponse, AwsService, PageAccess, Part } from '../cloud.ts';
import type { AccessKeys } from '../iam/access-keys.ts';
import { startLoopbackServer } from '../loopback-server.ts';
import { authenticate, claimedService, type RawRequest } from './authenticate.ts';
import { bodyStream, ConnectionCut, incompleteBody } from './body-stream.ts';
import { type CallRecorder, consumedCapacity } from './call-record.ts';
import { errorResponse } from './error-response.ts';
import { type FaultInjector, faultError } from './fault-injector.ts';
import { operationName } from './operation-name.ts';
import { headersOf, readBody } from './read-body.ts';
import { requirePermissions } from './require-permissions.ts';
import { handleShortBodies, type ShortBodies } from './short-bodies.ts';
import { splitUrl } from './sigv4.ts';

/** Options of the endpoint. */
export interface GatewayOptions {
  readonly services: readonly AwsService[];
  readonly access: AccessControl;
  readonly keys: AccessKeys;
  readonly faults?: FaultInjector;
  readonly recorder?: CallRecorder;
  /** Called for failures of the runtime itself, which clients receive only as an internal error. */
  readonly onFailure?: (error: unknown) => void;
  /** TCP port on 127.0.0.1; any free port if absent. */
  readonly port?: number;
}

/** The one address of all local AWS services, for `AWS_ENDPOINT_URL`. */
export interface Gateway extends Part {
  /** Base URL, such as `http://127.0.0.1:40213`. */
  readonly url: string;
}

/**
 * Serves AWS's protocols on 127.0.0.1. The signature of each request is verified, its key identifies the
 * role, and the role's policies must allow the permissions that the service requires for the request.
 */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const services = new Map(options.services.map((service) => [service.signingName, service]));
  const context: Context = { ...options, byName: services, shortBodies: new WeakMap() };
  const allowsOrigin = (origin: string, { url = '/' }: IncomingMessage) =>
    options.services.some(({ pageAccess }) => pageAccess?.allowsOrigin(origin, url) === true);
  const { server, url } = await startLoopbackServer(
    // An upload may take longer than Node's limit of five minutes for a request.
    { port: options.port ?? 0, keepAliveTimeout: 30_000, requestTimeout: 0, allowsOrigin },
    (request, response) => void respond(request, response, context),
  );
  handleShortBodies(server, context.shortBodies);
  return { url, stop: () => close(server) };
}

interface Context extends GatewayOptions {
  readonly byName: ReadonlyMap<string, AwsService>;
  readonly shortBodies: ShortBodies;
}

async function respond(incoming: IncomingMessage, outgoing: ServerResponse, context: Context): Promise<void> {
  const requestId = randomUUID();
  const raw = { method: incoming.method ?? '', url: incoming.url ?? '/', headers: headersOf(incoming) };
  const pages = pageAccessTo(raw, context);
  const sending = { requestId, isHead: raw.method === 'HEAD', pageHeaders: pages?.headers(raw) ?? {} };
  const refuse = (error: unknown) => {
    const service = isPreflight(raw) ? 's3' : claimedService(raw);
    const errorContext = { service, requestId, resource: splitUrl(raw.url)[0] };
    return send(outgoing, errorResponse(error, errorContext), sending).catch(() => incoming.socket.destroy());
  };
  context.shortBodies.set(incoming.socket, () => {
    outgoing.shouldKeepAlive = false;
    // Node would leave the reader of the body waiting once the response is complete.
    outgoing.once('close', () => incoming.destroy());
    void refuse(incompleteBody());
  });
  try {
    const response =
      pages !== undefined && isPreflight(raw)
        ? pages.preflight(raw)
        : await execute(incoming, await readRequest(incoming, raw, context), context);
    await send(outgoing, response, sending);
  } catch (error) {
    if (error instanceof ConnectionCut || outgoing.headersSent) {
      incoming.socket.destroy();
      return;
    }
    if (!(error instanceof AwsError)) context.onFailure?.(error);
    await refuse(error);
    // The rest of a refused body is discarded: a closed connection could keep the client from reading the response.
    incoming.resume();
  }
}

/** Browsers send a preflight request without a signature, but S3 is the only service with such requests. */
function isPreflight({ method }: RawRequest): boolean {
  return method === 'OPTIONS';
}

/** What the service of a request permits to web pages. */
function pageAccessTo(raw: RawRequest, { byName }: Context): PageAccess | undefined {
  return byName.get(isPreflight(raw) ? 's3' : (claimedService(raw) ?? ''))?.pageAccess;
}

/** Reads the body into memory, unless the service that the request claims reads it as a stream. */
async function readRequest(
  incoming: IncomingMessage,
  raw: RawRequest,
  { byName }: Context,
): Promise<RawRequest> {
  const isStreamed = byName.get(claimedService(raw) ?? '')?.streamsBody?.(raw) === true;
  return isStreamed ? raw : { ...raw, body: await readBody(incoming) };
}

async function execute(incoming: IncomingMessage, raw: RawRequest, context: Context): Promise<AwsResponse> {
  const { service: name, principal, payloadHash } = authenticate(raw, context.keys, new Date());
  const service = context.byName.get(name);
  if (service === undefined) {
    const known = [...context.byName.keys()].join(', ');
    throw new AwsError(
      'UnknownService',
      `the local runtime does not support the service ${name}; it supports ${known}`,
      501,
    );
  }
  const { body = Buffer.alloc(0) } = raw;
  const stream = raw.body === undefined ? bodyStream(incoming, payloadHash) : undefined;
  const request: AwsRequest = { ...raw, body, principal, ...(stream && { bodyStream: stream.chunks }) };
  const checks = service.checks(request);
  const call = {
    ...{ service, request, action: operationName(request, checks), startedAt: performance.now() },
    requestBytes: () => stream?.receivedBytes() ?? body.length,
  };
  try {
    requirePermissions(checks, request.principal, context.access);
    const response = await withFaults(call, context.faults);
    record(call, response, context);
    return response;
  } catch (error) {
    if (error instanceof AwsError) record(call, { status: error.status, headers: {}, body: '' }, context);
    throw error;
  }
}

/** A call with a known service and operation. */
interface Call {
  readonly service: AwsService;
  readonly request: AwsRequest;
  readonly action: string;
  /** Time of a monotonic clock in milliseconds. */
  readonly startedAt: number;
  /** Returns the number of bytes of the body that were received. */
  readonly requestBytes: () => number;
}

function record(call: Call, response: AwsResponse, context: Context): void {
  if (context.recorder === undefined) return;
  const service = call.service.signingName;
  const capacity = consumedCapacity(service, response);
  context.recorder({
    service,
    action: call.action,
    principal: call.request.principal,
    status: response.status,
    requestBytes: call.requestBytes(),
    responseBytes: Number(response.headers['content-length'] ?? Buffer.byteLength(response.body)),
    durationMs: performance.now() - call.startedAt,
    ...(capacity === undefined ? {} : { consumedCapacity: capacity }),
  });
}

async function withFaults(call: Call, faults: FaultInjector | undefined): Promise<AwsResponse> {
  const { service, request, action } = call;
  const fault = faults?.take(request, { service: service.signingName, action });
  if (fault === undefined) return service.handle(request);
  if (fault.kind === 'throttle' || fault.kind === 'error') throw faultError(fault.kind, service.signingName);
  if (fault.kind === 'drop-request') throw new ConnectionCut('injected fault: request dropped');
  if (fault.kind === 'delay') await delay(fault.delayMs ?? 0, undefined, { ref: false });
  const response = await service.handle(request);
  if (fault.kind === 'drop-answer') throw new ConnectionCut('injected fault: response dropped');
  return response;
}

interface Sending {
  readonly requestId: string;
  readonly isHead: boolean;
  /** Headers by which a browser lets a web page read the response. */
  readonly pageHeaders: Readonly<Record<string, string>>;
}

async function send(outgoing: ServerResponse, response: AwsResponse, sending: Sending): Promise<void> {
  const known = Object.keys(response.headers).map((name) => name.toLowerCase());
  const idName = known.includes('x-amz-request-id') ? {} : { 'x-amzn-requestid': sending.requestId };
  const length =
    known.includes('content-length') || response.status === 204 || response.status === 304
      ? {}
      : { 'content-length': String(Buffer.byteLength(response.body)) };
  outgoing.writeHead(response.status, { ...idName, ...length, ...sending.pageHeaders, ...response.headers });
  if (response.bodyStream === undefined || sending.isHead) {
    outgoing.end(sending.isHead ? undefined : response.body);
    return;
  }
  await pipeline(Readable.from(response.bodyStream, { objectMode: false }), outgoing);
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), 2000);
    server.close(() => {
      clearTimeout(cut);
      resolve();
    });
    server.closeIdleConnections();
  });
}
