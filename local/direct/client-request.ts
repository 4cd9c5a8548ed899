import type { IncomingMessage, RequestOptions } from 'node:http';
import { Readable, Writable } from 'node:stream';
import type { AwsResponse } from '../cloud.ts';

/** A request that an HTTP client has completely written. */
export interface WrittenRequest {
  readonly method: string;
  /** Path with query. */
  readonly url: string;
  /** Headers by lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** Serves a request; must not reject. */
export type Serve = (request: WrittenRequest) => Promise<AwsResponse>;

/** The connection that clients set options of: always established, and without any effect. */
const connection = {
  connecting: false,
  destroyed: false,
  setKeepAlive: () => connection,
  setNoDelay: () => connection,
  setTimeout: () => connection,
  on: () => connection,
  once: () => connection,
  removeListener: () => connection,
  destroy: () => connection,
};

/**
 * Stands in for Node's `http.ClientRequest` with what the HTTP handler of the AWS SDK and libraries for tracing use of it: the request
 * is served by a function instead of a server.
 * @see https://github.com/smithy-lang/smithy-typescript/tree/main/packages/node-http-handler
 */
export class ServedRequest extends Writable {
  readonly socket = connection;
  readonly reusedSocket = true;
  readonly #options: RequestOptions;
  readonly #headers: Map<string, string>;
  readonly #serve: Serve;
  readonly #chunks: Buffer[] = [];

  constructor(options: RequestOptions, serve: Serve) {
    // Otherwise the stream would be destroyed when its body is written, and the response discarded.
    super({ autoDestroy: false });
    this.#options = options;
    this.#headers = new Map(
      Object.entries(options.headers ?? {}).map(([name, value]) => [name.toLowerCase(), String(value)]),
    );
    this.#serve = serve;
  }

  setHeader(name: string, value: string): this {
    this.#headers.set(name.toLowerCase(), value);
    return this;
  }

  getHeader(name: string): string | undefined {
    return this.#headers.get(name.toLowerCase());
  }

  removeHeader(name: string): void {
    this.#headers.delete(name.toLowerCase());
  }

  setTimeout(): this {
    return this;
  }

  flushHeaders(): void {
    // They are sent with the body.
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#chunks.push(chunk);
    done();
  }

  override _final(done: () => void): void {
    done();
    const { method = 'GET', path: url = '/' } = this.#options;
    const [first, ...rest] = this.#chunks;
    const body = first !== undefined && rest.length === 0 ? first : Buffer.concat(this.#chunks);
    void this.#serve({ method, url: url ?? '/', headers: Object.fromEntries(this.#headers), body }).then(
      (response) => {
        if (this.destroyed) return;
        this.emit('response', receivedMessage(response));
        this.destroy();
      },
    );
  }
}

function receivedMessage({ status, headers, body }: AwsResponse): IncomingMessage {
  const message = new Readable({ read() {} });
  message.push(body);
  message.push(null);
  // The members of an `IncomingMessage` that clients read.
  return Object.assign(message, {
    statusCode: status,
    statusMessage: '',
    headers,
    complete: true,
  }) as unknown as IncomingMessage;
}
