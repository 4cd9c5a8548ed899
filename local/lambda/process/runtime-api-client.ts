import { once } from 'node:events';
import { Agent, type ClientRequest, type IncomingMessage, request } from 'node:http';
import type { FaultPayload } from '../fault-payloads.ts';
import type { FromThread, ToThread } from '../thread/protocol.ts';
import type { ReaderEvents } from '../thread/run-handler.ts';

/** The response to one invocation. */
export interface InvocationResponse {
  /** Sends a message of the handler. */
  post(message: FromThread): void;
  /** Registers for the events of the reader of a streamed response. */
  follow(events: ReaderEvents): () => void;
  fail(fault: FaultPayload): Promise<void>;
  /** Settles when the runtime has accepted the response; rejects if it cannot be reached. */
  readonly sent: Promise<void>;
}

const base = `http://${process.env['AWS_LAMBDA_RUNTIME_API']}/2018-06-01/runtime`;
const agent = new Agent({ keepAlive: true });

/** Waits for the next invocation. */
export async function nextInvocation(): Promise<
  Omit<Extract<ToThread, { kind: 'invoke' }>, 'kind'> & { readonly traceId: string }
> {
  const { headers, text } = await finish(open('GET', '/invocation/next', {}));
  const header = (name: string): string => String(headers[`lambda-runtime-${name}`] ?? '');
  return {
    requestId: header('aws-request-id'),
    payload: text,
    functionArn: header('invoked-function-arn'),
    deadlineAt: Number(header('deadline-ms')),
    traceId: header('trace-id'),
  };
}

/** Reports an error of the function; `path` is that of the Runtime API. */
export async function postError(path: string, fault: FaultPayload): Promise<void> {
  const headers = {
    'Content-Type': 'application/vnd.aws.lambda.error+json',
    'Lambda-Runtime-Function-Error-Type': /^[\x20-\x7e]+$/.test(fault.errorType) ? fault.errorType : 'Error',
  };
  await finish(open('POST', path, headers), JSON.stringify(fault));
}

/** Creates the response to an invocation, which starts with its first message. */
export function openResponse(requestId: string): InvocationResponse {
  const sent = Promise.withResolvers<void>();
  sent.promise.catch(() => undefined); // reported to whoever waits
  const path = `/invocation/${requestId}`;
  let reader: ReaderEvents | undefined;
  let stream: ClientRequest | undefined;
  const openStream = (contentType: string): ClientRequest => {
    const opened = open('POST', `${path}/response`, {
      'Content-Type': contentType,
      'Lambda-Runtime-Function-Response-Mode': 'streaming',
      Trailer: 'Lambda-Runtime-Function-Error-Type, Lambda-Runtime-Function-Error-Body',
    });
    void finishOpened(opened).then(() => sent.resolve(), sent.reject);
    return opened;
  };
  const post = (message: FromThread): void => {
    if (message.kind === 'done') {
      const headers = { 'Content-Type': 'application/json' };
      void finish(open('POST', `${path}/response`, headers), message.payload).then(
        () => sent.resolve(),
        sent.reject,
      );
    } else if (message.kind === 'chunk') {
      stream ??= openStream(message.contentType);
      stream.write(message.bytes, () => reader?.taken());
    } else if (message.kind === 'ended') {
      stream ??= openStream('application/octet-stream');
      stream.end();
    } else if (message.kind === 'failed') void fail(message.fault);
  };
  const fail = async (fault: FaultPayload): Promise<void> => {
    if (stream === undefined) return postError(`${path}/error`, fault).then(sent.resolve, sent.reject);
    const body = Buffer.from(JSON.stringify(fault)).toString('base64');
    stream.addTrailers({
      'Lambda-Runtime-Function-Error-Type': fault.errorType,
      'Lambda-Runtime-Function-Error-Body': body,
    });
    stream.end();
    await sent.promise;
  };
  return {
    post,
    follow: (events) => {
      reader = events;
      return () => {
        reader = undefined;
      };
    },
    fail,
    sent: sent.promise,
  };
}

function open(method: string, path: string, headers: Readonly<Record<string, string>>): ClientRequest {
  return request(`${base}${path}`, { method, agent, headers });
}

async function finish(opened: ClientRequest, body?: string) {
  opened.end(body);
  return finishOpened(opened);
}

async function finishOpened(opened: ClientRequest) {
  // The event has exactly this argument.
  const [response] = (await once(opened, 'response')) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk); // without an encoding, the chunks are buffers
  return { headers: response.headers, text: Buffer.concat(chunks).toString() };
}
