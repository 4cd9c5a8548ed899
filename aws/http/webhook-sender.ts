import {
  type ClientRequest,
  request as httpRequest,
  type IncomingMessage,
  type RequestOptions,
} from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Log } from '../../core/ports/log.ts';
import type { WebhookRequest, WebhookSender } from '../../core/ports/webhooks/webhook-sender.ts';
import { asError } from '../../core/std/as-error.ts';
import { omitUndefined } from '../../core/std/omit-undefined.ts';
import { isAddress } from '../../core/webhooks/model/public-address.ts';
import type { WebhookResponse } from '../../core/webhooks/model/response.ts';
import { type AddressPolicy, allowsAddress, hostOf } from '../../core/webhooks/model/webhook-url.ts';
import { checkedLookup, type ResolveAll } from './checked-lookup.ts';
import { describeFailure, ForbiddenAddressError, NoResponseError } from './describe-failure.ts';

const timeoutMs = 15_000;
/** How long the beginning of a body is awaited after the status has arrived. */
const bodyTimeoutMs = 1000;
const maxAnswerBytes = 1024;
const maxHeaderBytes = 16_384;

interface SenderOptions {
  readonly policy: AddressPolicy;
  /** Gets the errors in full; responses only have a sentence for each kind. */
  readonly log: Pick<Log, 'info'>;
  /** Replaces the resolution of names, in tests. */
  readonly resolve?: ResolveAll;
  /** Replaces the time limit of a request, in tests. */
  readonly timeoutMs?: number;
}

/**
 * Sends requests to receivers, which nobody has checked: only to public addresses, which are checked for each connection, each over a
 * connection of its own, without redirects and without the proxy of the environment. Certificates are verified. At most 1,024 bytes
 * of a response are read.
 */
export function webhookSender(options: SenderOptions): WebhookSender {
  return {
    async post(request) {
      try {
        return await send(request, options);
      } catch (error) {
        const failure = asError(error);
        options.log.info('webhook-call-failed', { eventId: request.headers['webhook-id'], error: failure });
        return { kind: 'error', error: describeFailure(failure, options.timeoutMs ?? timeoutMs) };
      }
    },
  };
}

async function send(request: WebhookRequest, options: SenderOptions): Promise<WebhookResponse> {
  const url = new URL(request.url);
  // Node does not call `lookup` for an address.
  const host = hostOf(url);
  if (isAddress(host) && !allowsAddress(host, options.policy))
    throw new ForbiddenAddressError(`${host} is not a public address`);
  const body = Buffer.from(request.body);
  const timeout = AbortSignal.timeout(options.timeoutMs ?? timeoutMs);
  const signal = request.signal === undefined ? timeout : AbortSignal.any([timeout, request.signal]);
  const response = await open(url, body, {
    method: 'POST',
    agent: false,
    lookup: checkedLookup(options.policy, options.resolve),
    maxHeaderSize: maxHeaderBytes,
    headers: { ...request.headers, 'user-agent': 'Errand-Webhooks', 'content-length': body.length },
    signal,
  });
  try {
    const { statusCode = 0, headers } = response;
    const answer = await readStart(response);
    return {
      kind: 'response',
      status: statusCode,
      answer,
      ...omitUndefined({ retryAfter: headers['retry-after'] }),
    };
  } finally {
    response.destroy();
  }
}

function open(url: URL, body: Buffer, options: RequestOptions): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const request: ClientRequest =
      url.protocol === 'http:' ? httpRequest(url, options, resolve) : httpsRequest(url, options, resolve);
    request.once('error', reject);
    // An error after the response, such as an abort while the body is read, is not one of the delivery.
    request.on('error', () => undefined);
    // A response with the status 101 ends in `upgrade`, and other ends without a response only in `close`.
    request.once('upgrade', (_response, socket) => {
      socket.destroy();
      reject(new NoResponseError('The receiver changed the protocol instead of a response'));
    });
    request.once('close', () => reject(new NoResponseError('The connection was closed without a response')));
    request.end(body);
  });
}

/** Reads the beginning of a body. A body that does not arrive does not change the outcome, which the status determines. */
async function readStart(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  const timer = setTimeout(() => response.destroy(), bodyTimeoutMs);
  try {
    for await (const chunk of response) {
      chunks.push(chunk as Buffer); // the stream has no encoding
      size += (chunk as Buffer).length;
      if (size >= maxAnswerBytes) break;
    }
  } catch {
    // The beginning that has arrived is enough.
  } finally {
    clearTimeout(timer);
  }
  return Buffer.concat(chunks).subarray(0, maxAnswerBytes).toString();
}
