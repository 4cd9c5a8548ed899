import type { JobEvent } from '../../core/contract/schemas/event-schemas.ts';
import type { JobSummary } from '../../core/contract/schemas/job-schemas.ts';
import { ConnectionError } from '../api/errors.ts';
import { Outage } from '../api/outage.ts';
import { readPages } from '../api/pages.ts';
import { pause } from '../api/pause.ts';
import { readMessages } from '../api/server-sent-events.ts';
import type { Transport } from '../api/transport.ts';
import { hasEnded, type JobDocument } from './job-document.ts';

type Progress = NonNullable<JobSummary['progress']>;

/** Options of `job.events`. */
export interface FollowOptions {
  /** Called with each progress that the running attempt reports, as long as a stream can be read. */
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  /** Ends the iteration, which then throws the reason of the signal. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * The API sends at least a comment every 10 s. After this time without a byte, a proxy withholds the stream, or the connection is
 * lost.
 */
const silenceMs = 20_000;
/** The API closes a stream after a minute. */
const streamSeconds = 120;
const longestPollSeconds = 25;

/**
 * Yields each event of a job once, in order, from the first one on, until the job has ended. Reads a stream, and reconnects when it
 * breaks. If a stream is withheld, for example by a proxy that waits for its end, reads pages after long polls instead.
 */
export async function* followEvents(
  transport: Transport,
  jobId: string,
  { onProgress, signal }: FollowOptions,
): AsyncGenerator<JobEvent> {
  const position = { last: 0 };
  const outage = new Outage();
  for (;;) {
    const stream = new EventStream(transport, jobId, { onProgress, signal });
    try {
      for await (const event of stream.read(position)) yield event;
      outage.end();
      if (stream.hasEnded) return;
      await pause(stream.retryMs, signal);
    } catch (error) {
      if (stream.isWithheld) break;
      if (stream.hasSentBytes) outage.end();
      await outage.survive(error, signal);
    }
  }
  yield* pollEvents(transport, jobId, { position, outage, signal });
}

/** The number of the last event that was yielded. */
interface Position {
  last: number;
}

/** One connection. */
class EventStream {
  /** No further events follow. */
  hasEnded = false;
  hasSentBytes = false;
  #hasResponded = false;
  /** No byte arrived in time, or something else than a stream. */
  isWithheld = false;
  retryMs = 1000;
  readonly #transport: Transport;
  readonly #jobId: string;
  readonly #options: FollowOptions;

  constructor(transport: Transport, jobId: string, options: FollowOptions) {
    this.#transport = transport;
    this.#jobId = jobId;
    this.#options = options;
  }

  async *read(position: Position): AsyncGenerator<JobEvent> {
    const silence = new AbortController();
    const timer = new SilenceTimer(() =>
      silence.abort(new ConnectionError('The stream of events is silent')),
    );
    const { signal } = this.#options;
    try {
      const response = await this.#transport.send({
        method: 'GET',
        path: `/v1/jobs/${encodeURIComponent(this.#jobId)}/events`,
        headers: { accept: 'text/event-stream', 'last-event-id': String(position.last) },
        timeoutSeconds: streamSeconds,
        signal: signal === undefined ? silence.signal : AbortSignal.any([signal, silence.signal]),
      });
      this.#hasResponded = true;
      this.hasEnded = response.status === 204;
      this.#requireStream(response);
      if (response.body !== null) yield* this.#events(this.#bytes(response.body, timer), position);
    } catch (error) {
      signal?.throwIfAborted();
      this.isWithheld ||= silence.signal.aborted && !this.hasSentBytes;
      // A stream that breaks throws errors of many kinds.
      throw this.#hasResponded ? new ConnectionError('The stream of events broke', { cause: error }) : error;
    } finally {
      timer.stop();
    }
  }

  /** A gateway that does not pass `Accept` on gets a page, again and again. */
  #requireStream({ status, headers, body }: Response): void {
    if (status === 204 || headers.get('content-type')?.startsWith('text/event-stream')) return;
    this.isWithheld = true;
    body?.cancel().catch(() => undefined); // nobody reads it
    throw new ConnectionError('The response is not a stream of events');
  }

  async *#events(bytes: AsyncIterable<Uint8Array>, position: Position): AsyncGenerator<JobEvent> {
    for await (const { event = '', data = '', retry } of readMessages(bytes)) {
      if (retry !== undefined) this.retryMs = Number(retry) || this.retryMs;
      if (event === 'end') {
        this.hasEnded = true;
        return;
      }
      if (event === 'progress')
        this.#options.onProgress?.((JSON.parse(data) as { readonly progress: Progress }).progress);
      if (event.startsWith('errand.')) yield* newEvents([JSON.parse(data) as JobEvent], position);
    }
  }

  async *#bytes(body: ReadableStream<Uint8Array>, timer: SilenceTimer): AsyncGenerator<Uint8Array> {
    const reader = body.getReader();
    try {
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return;
        this.hasSentBytes = true;
        timer.restart();
        yield value;
      }
    } finally {
      await reader.cancel().catch(() => undefined); // it broke already
    }
  }
}

class SilenceTimer {
  readonly #onSilence: () => void;
  #timer: ReturnType<typeof setTimeout>;

  constructor(onSilence: () => void) {
    this.#onSilence = onSilence;
    this.#timer = setTimeout(onSilence, silenceMs);
  }

  restart(): void {
    this.stop();
    this.#timer = setTimeout(this.#onSilence, silenceMs);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}

/** Events are numbered from 1 without gaps. */
function* newEvents(events: Iterable<JobEvent>, position: Position): Generator<JobEvent> {
  for (const event of events) {
    const number = Number(event.sequence);
    if (number <= position.last) continue;
    position.last = number;
    yield event;
  }
}

interface Polling {
  readonly position: Position;
  readonly outage: Outage;
  readonly signal: AbortSignal | undefined;
}

async function* pollEvents(
  transport: Transport,
  jobId: string,
  { position, outage, signal }: Polling,
): AsyncGenerator<JobEvent> {
  const path = `/v1/jobs/${encodeURIComponent(jobId)}`;
  let etag: string | undefined;
  for (;;) {
    try {
      const waitSeconds = etag === undefined ? undefined : longestPollSeconds;
      const headers = { 'if-none-match': etag };
      const reply = await transport.call<JobDocument | undefined>({
        method: 'GET',
        path,
        headers,
        waitSeconds,
        signal,
      });
      outage.end();
      etag = reply.headers.get('etag') ?? undefined;
      // The page is read after the state, so it contains the event of the end.
      const events = await Array.fromAsync(
        readPages<JobEvent>(transport, { method: 'GET', path: `${path}/events`, signal }),
      );
      yield* newEvents(events, position);
      if (reply.body !== undefined && hasEnded(reply.body)) return;
      if (waitSeconds !== undefined && !reply.headers.has('preference-applied')) await pause(1000, signal);
    } catch (error) {
      await outage.survive(error, signal);
    }
  }
}
