import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiAccess } from '../api-access.ts';

/** One message of the event stream of a job. */
export interface StreamMessage {
  /** `snapshot`, `progress`, or the type of a transition, such as `errand.job.executing`. */
  readonly event: string;
  /** JSON text. */
  readonly data: string;
}

type Fields = Readonly<Partial<Record<'id' | 'event' | 'data' | 'retry', string>>>;

/**
 * Follows the events of a job until it has ended, and reconnects when the API closes the stream before. Throws
 * an error with the response of the API if the stream is refused, and an `AbortError` when the signal is aborted.
 */
export async function* readJobStream(
  api: ApiAccess,
  jobId: string,
  signal?: AbortSignal,
): AsyncGenerator<StreamMessage> {
  let lastId: string | undefined;
  let retryMs = 1000;
  for (;;) {
    const response = await fetch(`${api.url}/v1/jobs/${jobId}/events`, {
      headers: {
        'x-api-key': api.apiKey,
        accept: 'text/event-stream',
        ...(lastId === undefined ? {} : { 'last-event-id': lastId }),
      },
      ...(signal === undefined ? {} : { signal }),
    });
    if (response.status === 204) return;
    if (!response.ok || response.body === null)
      throw new Error(
        `The events of job ${jobId} cannot be read: status ${response.status}: ${await response.text()}`,
      );
    for await (const { id, event, data = '', retry } of parseEventStream(response.body)) {
      if (event === 'end') return;
      lastId = id ?? lastId;
      if (retry !== undefined) retryMs = Number(retry);
      if (event !== undefined) yield { event, data };
    }
    await sleep(retryMs, undefined, signal === undefined ? {} : { signal });
  }
}

/** https://html.spec.whatwg.org/multipage/server-sent-events.html; the API writes each field as `name: value`. */
async function* parseEventStream(body: ReadableStream<Uint8Array>): AsyncGenerator<Fields> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const bytes of body) {
    text += decoder.decode(bytes, { stream: true });
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? ''; // incomplete
    yield* blocks.map(parseBlock);
  }
}

function parseBlock(block: string): Fields {
  const fields = block.split('\n').flatMap((line) => {
    const [, name, value] = /^([a-z]+): (.*)$/.exec(line) ?? [];
    return name === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(fields);
}
