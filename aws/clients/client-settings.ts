/** The endpoint, region and credentials of a client; the SDK resolves omitted members itself. */
export interface ClientOptions {
  readonly region?: string;
  /** Takes precedence over `AWS_ENDPOINT_URL`, which the SDK reads itself. */
  readonly endpoint?: string;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

const connectionTimeoutMs = 1000;
const requestTimeoutMs = 5000;

/**
 * The connection timeout starts when a request needs a connection, so a request that waits for a free one
 * times out: a process that serves many jobs concurrently needs more than the SDK's default of 50.
 */
const maxConnections = 500;

/**
 * The common settings of all clients: three tries, 1 s to connect, 5 s for a response. Connections are kept
 * alive, which is the SDK's default. Without `throwOnRequestTimeout` the SDK only logs a warning for a late
 * response
 * (https://github.com/smithy-lang/smithy-typescript/blob/main/packages/types/src/http/httpHandlerInitialization.ts).
 */
export function clientSettings(options: ClientOptions) {
  return {
    ...options,
    maxAttempts: 3,
    requestHandler: {
      connectionTimeout: connectionTimeoutMs,
      requestTimeout: requestTimeoutMs,
      throwOnRequestTimeout: true,
      httpAgent: { maxSockets: maxConnections },
      httpsAgent: { maxSockets: maxConnections },
    },
  };
}
