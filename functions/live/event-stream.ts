import { Readable } from 'node:stream';
import type { JobRepresentation } from '../../core/contract/schemas/job-schemas.ts';
import type { FollowedEvent } from '../../core/events/follow-events.ts';
import type { LogMessage } from '../../core/events/log/follow-log.ts';

/**
 * Formats followed events as server-sent events. Only transitions have an `id`, their sequence number, so
 * that a client that reconnects with the last ID misses no transition and receives none twice.
 * @param snapshot the job as `getJob` returns it, for a client that has received no events yet
 * https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export async function* eventStream(
  events: AsyncIterable<FollowedEvent>,
  snapshot: JobRepresentation | undefined,
): AsyncGenerator<string> {
  for await (const followed of events) yield formatEvent(followed, snapshot);
}

/**
 * Formats messages of the event log as server-sent events. Each has the position after it as its `id`, also one
 * without an event, so that a client that reconnects need not read again what its filter excluded: a block
 * without data changes only the last ID.
 */
export async function* logStream(messages: AsyncIterable<LogMessage>): AsyncGenerator<string> {
  for await (const message of messages) yield formatLogMessage(message);
}

/**
 * A response body that streams texts as they are generated. `readerGone` is aborted as soon as the body is
 * destroyed; otherwise the generator would notice that only with its next text.
 */
export function bodyOf(texts: AsyncGenerator<string>, readerGone: AbortController): Readable {
  return new Readable({
    read() {
      texts.next().then(
        ({ done, value }) => this.push(done ? null : value),
        (error: Error) => this.destroy(error),
      );
    },
    destroy(error, callback) {
      readerGone.abort();
      texts.return(undefined).then(
        () => undefined,
        () => undefined, // `next` has already reported the error.
      );
      callback(error);
    },
  });
}

/** One event of the stream, with its blank line. */
function formatEvent(followed: FollowedEvent, snapshot: JobRepresentation | undefined): string {
  switch (followed.kind) {
    case 'snapshot':
      return lines({ event: 'snapshot', data: oneLine(snapshot) });
    case 'event': {
      const { event } = followed;
      return lines({ id: String(Number(event.sequence)), event: event.type, data: oneLine(event) });
    }
    case 'progress': {
      const { jobId, progress } = followed;
      return lines({ event: 'progress', data: oneLine({ jobId, progress }) });
    }
    case 'keep-alive':
      return ':\n\n';
    case 'reconnect':
      return lines({ retry: String(followed.seconds * 1000) });
    case 'end':
      return lines({ event: 'end', data: '{}' });
  }
}

function formatLogMessage(message: LogMessage): string {
  const { position: id } = message;
  switch (message.kind) {
    case 'event':
      return lines({ id, event: message.event.type, data: oneLine(message.event) });
    case 'keep-alive':
      return `:\n${lines({ id })}`;
    case 'reconnect':
      return lines({ id, retry: String(message.seconds * 1000) });
    case 'end':
      return lines({ id, event: 'end', data: '{}' });
  }
}

/**
 * JSON in one line. In a stream, only CR and LF end a line, but the libraries of some languages split lines at other characters
 * too, which JSON contains only in texts and can escape there.
 * https://docs.python.org/3/library/stdtypes.html#str.splitlines
 */
function oneLine(value: unknown): string {
  const escaped = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return JSON.stringify(value).replace(/[\u0085\u2028\u2029]/g, escaped);
}

function lines(fields: Readonly<Record<string, string>>): string {
  return `${Object.entries(fields)
    .map(([name, value]) => `${name}: ${value}\n`)
    .join('')}\n`;
}
