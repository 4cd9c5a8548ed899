import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** A request to a presigned URL of S3. It is sent without the API key: the URL contains its own permission. */
export interface Transfer {
  readonly method: 'GET' | 'PUT';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The headers contain its length. */
  readonly body?: AsyncIterable<Uint8Array>;
  readonly signal?: AbortSignal | undefined;
}

/** How long a connection may transfer nothing. */
const idleMs = 60_000;

/** Sends a request. Resolves with the headers of the response, which the caller must read or destroy. Rejects if the connection fails. */
export function transfer({ method, url, headers, body, signal }: Transfer): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const send = url.startsWith('https:') ? requestHttps : requestHttp;
    const outgoing = send(url, { method, headers, ...(signal === undefined ? {} : { signal }) });
    outgoing.setTimeout(idleMs, () => outgoing.destroy(new Error(`no data within ${idleMs / 1_000} s`)));
    outgoing.once('response', (response) => {
      // An error without a listener would end the process; readers of the response receive it anyway.
      response.on('error', () => undefined);
      resolve(response);
    });
    outgoing.on('error', reject);
    if (body === undefined) outgoing.end();
    else pipeline(Readable.from(body), outgoing).catch(reject);
  });
}

/** Milliseconds before each further try. */
const pauses = [200, 1_000, 3_000, 10_000, 20_000] as const;

/** A failure of one try; `isFinal` if another try would fail as well. */
export class TransferError extends Error {
  readonly isFinal: boolean;

  constructor(message: string, isFinal: boolean) {
    super(message);
    this.isFinal = isFinal;
  }
}

/** Repeats a transfer that fails for a reason that may pass. `run` receives the number of earlier tries. Throws the last error. */
export async function persistently<Result>(
  signal: AbortSignal | undefined,
  run: (earlierTries: number) => Promise<Result>,
): Promise<Result> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await run(tries);
    } catch (error) {
      signal?.throwIfAborted();
      const pause = pauses[tries];
      if (pause === undefined || (error instanceof TransferError && error.isFinal)) throw error;
      await sleep(pause, undefined, signal === undefined ? {} : { signal });
    }
  }
}

/** Interprets a status of S3 that is not a success. 403 means that the URL has expired, so the next try uses another one. */
export function refusal(status: number, what: string): TransferError {
  const isTemporary = [403, 408, 409, 429].includes(status) || status >= 500;
  return new TransferError(`${what} failed with status ${status}`, !isTemporary);
}
