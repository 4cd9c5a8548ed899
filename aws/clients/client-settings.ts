/** Where a client sends its calls and as whom; anything left out is found by the SDK itself. */
export interface ClientOptions {
  readonly region?: string;
  /** Wins over `AWS_ENDPOINT_URL`, which the SDK reads by itself. */
  readonly endpoint?: string;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

const connectionTimeoutMilliseconds = 1000;
const requestTimeoutMilliseconds = 5000;

/**
 * The time to connect counts from when a request wants a connection, so a request that queues for one times out:
 * a process that serves many jobs at once needs more than the SDK's default of 50.
 */
const maxConnections = 500;

/**
 * What every client is made with: three tries, 1 s to connect, 5 s for an answer. Connections are kept alive,
 * as is the SDK's default. Without `throwOnRequestTimeout` the SDK only warns of a late answer
 * (https://github.com/smithy-lang/smithy-typescript/blob/main/packages/types/src/http/httpHandlerInitialization.ts).
 */
export function clientSettings(options: ClientOptions) {
  return {
    ...options,
    maxAttempts: 3,
    requestHandler: {
      connectionTimeout: connectionTimeoutMilliseconds,
      requestTimeout: requestTimeoutMilliseconds,
      throwOnRequestTimeout: true,
      httpAgent: { maxSockets: maxConnections },
      httpsAgent: { maxSockets: maxConnections },
    },
  };
}
