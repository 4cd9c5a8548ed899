import type { TestErrand } from './local-errand.ts';

/** One server-sent event as it was received; a comment has no member. */
export interface SentEvent {
  readonly id?: string;
  readonly event?: string;
  readonly data?: string;
  readonly retry?: string;
}

export interface OpenStream {
  readonly status: number;
  readonly headers: Headers;
  /** The received events, until the server closes the stream. */
  readonly events: AsyncIterable<SentEvent>;
  /** Disconnects without a close. */
  leave(): void;
}

/** Follows the events of a path, as a browser would. */
export async function openStream(
  errand: Pick<TestErrand, 'url' | 'apiKey'>,
  path: string,
  lastEventId?: string,
): Promise<OpenStream> {
  const controller = new AbortController();
  const response = await fetch(`${errand.url}${path}`, {
    signal: controller.signal,
    headers: {
      accept: 'text/event-stream',
      'x-api-key': errand.apiKey,
      ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
    },
  });
  const { status, headers, body } = response;
  return { status, headers, events: eventsOf(body), leave: () => controller.abort() };
}

/** All events of a stream. */
export async function readStream({ events }: OpenStream): Promise<readonly SentEvent[]> {
  return Array.fromAsync(events);
}

async function* eventsOf(body: ReadableStream<Uint8Array> | null): AsyncGenerator<SentEvent> {
  let text = '';
  const decoder = new TextDecoder();
  for await (const bytes of body ?? []) {
    text += decoder.decode(bytes, { stream: true });
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) yield readBlock(block);
  }
  if (text !== '') throw new Error(`The stream ended within an event: ${text}`);
}

function readBlock(block: string): SentEvent {
  const fields = block.split('\n').flatMap((line) => {
    const [, name, value] = /^([a-z]+): (.*)$/.exec(line) ?? [];
    if (name !== undefined && value !== undefined) return [[name, value] as const];
    if (line.startsWith(':')) return [];
    throw new Error(`No line of an event stream: ${line}`);
  });
  return Object.fromEntries(fields);
}
