import { AwsError } from '../aws-error.ts';
import type { FunctionInvoker, InvokeRequest, StreamedResult } from '../cloud.ts';
import { headerOf } from './api-request.ts';
import { ApiFailure, integrationTimeout, invalidIntegrationResponse, invocationRefused } from './failure.ts';
import type { HttpResponse, ResponseHead } from './http-response.ts';
import { isBinaryType, type RoutedRequest } from './proxy-event.ts';
import { toHttpResponse } from './proxy-response.ts';
import { remapHeaders, withContentType } from './response-headers.ts';

/**
 * A response whose body arrives while the function writes it. Iterating the body throws if the function
 * fails.
 */
export interface StreamedResponse extends ResponseHead {
  readonly body: AsyncIterable<Uint8Array>;
}

/** Time limits of a streamed integration. */
export interface StreamLimits {
  /** Time from the request to the end of the body. */
  readonly timeoutMs: number;
  /** Maximum time between two chunks, and before the first. */
  readonly idleMs: number;
}

/** A request that is served by a streaming integration. */
export interface StreamedIntegration {
  readonly routed: RoutedRequest;
  readonly event: object;
  readonly limits: StreamLimits;
  /** Aborts when the client has disconnected. */
  readonly readerDisconnected: AbortSignal;
}

/**
 * Runs a buffered proxy integration. Throws {@link ApiFailure}. After a timeout the function continues to
 * run.
 */
export async function integrateBuffered(
  invoker: FunctionInvoker,
  routed: RoutedRequest,
  event: object,
): Promise<HttpResponse> {
  const { functionArn, timeoutMs } = routed.route.method;
  const invocation = invoker.invoke(invokeRequest(routed, functionArn, event)).catch(refused);
  const result = await within(invocation, timeoutMs);
  const accept = headerOf(routed.request, 'accept');
  return toHttpResponse(result, isBinaryType(routed.api.binaryMediaTypes, accept));
}

/**
 * Runs a streaming proxy integration until its first bytes. Throws {@link ApiFailure} if the function fails
 * before them, sends no status and headers, or exceeds the time limit. A later failure is thrown by the body.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/response-transfer-mode.html
 */
export async function integrateStreamed(
  invoker: FunctionInvoker,
  { routed, event, limits, readerDisconnected }: StreamedIntegration,
): Promise<StreamedResponse> {
  const { functionArn } = routed.route.method;
  const endsAt = Date.now() + limits.timeoutMs;
  const nextLimit = (): number => Math.min(limits.idleMs, endsAt - Date.now());
  const request = { ...invokeRequest(routed, functionArn, event), readerDisconnected };
  const result = await within(invoker.invokeStreaming(request).catch(refused), nextLimit());
  const prelude = await within(readPrelude(result), nextLimit()).catch((error: unknown) => {
    void drain(result);
    throw error;
  });
  const cookies = prelude.cookies.map((cookie) => ['Set-Cookie', cookie] as const);
  const headers = Object.entries(prelude.headers).flatMap(([name, value]) =>
    [value].flat().map((it) => [name, it] as const),
  );
  return {
    status: prelude.statusCode,
    headers: withContentType(remapHeaders([...headers, ...cookies])),
    body: limited(result, nextLimit),
  };
}

async function readPrelude(result: StreamedResult): Promise<NonNullable<Awaited<StreamedResult['prelude']>>> {
  const prelude = await result.prelude.catch((cause: unknown) => {
    throw new ApiFailure(invalidIntegrationResponse, { cause });
  });
  const isStatus = prelude !== null && prelude.statusCode >= 200 && prelude.statusCode <= 599;
  if (!isStatus) throw new ApiFailure(invalidIntegrationResponse, { cause: prelude });
  return prelude;
}

/** Discards the rest of a response that no client reads, because the function must not wait for a reader. */
async function drain(result: StreamedResult): Promise<void> {
  try {
    for await (const _chunk of result.body);
  } catch {
    // The function's log records how the function ended.
  }
}

async function* limited(result: StreamedResult, nextLimit: () => number): AsyncGenerator<Uint8Array> {
  const chunks = result.body[Symbol.asyncIterator]();
  while (true) {
    const next = await within(chunks.next(), nextLimit()).catch((error: unknown) => {
      void drain({ ...result, body: { [Symbol.asyncIterator]: () => chunks } });
      throw error;
    });
    if (next.done === true) return;
    yield next.value;
  }
}

function invokeRequest(
  { api, request, route }: RoutedRequest,
  functionName: string,
  event: object,
): InvokeRequest {
  const address = `arn:aws:execute-api:${api.region}:${api.accountId}:${api.apiId}`;
  const sourceArn = `${address}/${api.stageName}/${request.httpMethod}${route.resource.path}`;
  return {
    functionName,
    payload: JSON.stringify(event),
    principal: { kind: 'service', service: 'apigateway.amazonaws.com', sourceArn },
  };
}

/**
 * An event above Lambda's limit of 6 MB is caused by the client, but API Gateway still reports a server
 * error.
 */
function refused(cause: unknown): never {
  if (cause instanceof AwsError) throw new ApiFailure(invocationRefused, { cause });
  throw cause;
}

async function within<T>(work: Promise<T>, milliseconds: number): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new ApiFailure(integrationTimeout)), Math.max(0, milliseconds));
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
    // A failure after the time limit has no one to handle it.
    work.catch(() => undefined);
  }
}
