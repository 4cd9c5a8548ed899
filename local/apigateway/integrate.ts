import { AwsError } from '../aws-error.ts';
import type { FunctionInvoker, InvokeRequest, StreamedResult } from '../cloud.ts';
import type { Answer, AnswerHead } from './answer.ts';
import { headerOf } from './api-request.ts';
import { ApiFailure, BAD_INTEGRATION_ANSWER, INTEGRATION_TIMEOUT, INVOCATION_REFUSED } from './failure.ts';
import { proxyAnswer } from './proxy-answer.ts';
import { isBinaryType, type RoutedRequest } from './proxy-event.ts';
import { remapHeaders, withContentType } from './response-headers.ts';

/** An answer whose body comes as the function writes it; the body throws where the function breaks off. */
export interface StreamedAnswer extends AnswerHead {
  readonly body: AsyncIterable<Uint8Array>;
}

/** Time limits of a streamed integration. */
export interface StreamLimits {
  /** From the request to the end of the body. */
  readonly timeoutMilliseconds: number;
  /** Between two chunks, and until the first. */
  readonly idleMilliseconds: number;
}

/** A request that is answered by a stream. */
export interface StreamedIntegration {
  readonly routed: RoutedRequest;
  readonly event: object;
  readonly limits: StreamLimits;
  /** Aborts when the client has gone. */
  readonly readerGone: AbortSignal;
}

/** Runs a buffered proxy integration. Throws {@link ApiFailure}; the function goes on after a time-out. */
export async function integrateBuffered(
  invoker: FunctionInvoker,
  routed: RoutedRequest,
  event: object,
): Promise<Answer> {
  const { functionArn, timeoutMilliseconds } = routed.route.method;
  const invocation = invoker.invoke(invokeRequest(routed, functionArn, event)).catch(refused);
  const result = await within(invocation, timeoutMilliseconds);
  const accept = headerOf(routed.request, 'accept');
  return proxyAnswer(result, isBinaryType(routed.api.binaryMediaTypes, accept));
}

/**
 * Runs a streamed proxy integration up to its first bytes. Throws {@link ApiFailure} where the function fails
 * before them, sends no status and headers, or takes too long; later the body throws it.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/response-transfer-mode.html
 */
export async function integrateStreamed(
  invoker: FunctionInvoker,
  { routed, event, limits, readerGone }: StreamedIntegration,
): Promise<StreamedAnswer> {
  const { functionArn } = routed.route.method;
  const endEpochMilliseconds = Date.now() + limits.timeoutMilliseconds;
  const nextLimit = (): number => Math.min(limits.idleMilliseconds, endEpochMilliseconds - Date.now());
  const request = { ...invokeRequest(routed, functionArn, event), readerGone };
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
    throw new ApiFailure(BAD_INTEGRATION_ANSWER, { cause });
  });
  const isStatus = prelude !== null && prelude.statusCode >= 200 && prelude.statusCode <= 599;
  if (!isStatus) throw new ApiFailure(BAD_INTEGRATION_ANSWER, { cause: prelude });
  return prelude;
}

/** Nobody waits for the rest, but the function must not wait for a reader. */
async function drain(result: StreamedResult): Promise<void> {
  try {
    for await (const _chunk of result.body);
  } catch {
    // How the function ended is in its log.
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

/** An event beyond Lambda's 6 MB is the client's doing; API Gateway still answers that the server failed. */
function refused(cause: unknown): never {
  if (cause instanceof AwsError) throw new ApiFailure(INVOCATION_REFUSED, { cause });
  throw cause;
}

async function within<T>(work: Promise<T>, milliseconds: number): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new ApiFailure(INTEGRATION_TIMEOUT)), Math.max(0, milliseconds));
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
    // What comes after the time limit is nobody's to handle.
    work.catch(() => undefined);
  }
}
