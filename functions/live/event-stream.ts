import { Readable } from 'node:stream';
import type { JobRepresentation } from '../../core/contract/schemas/job-schemas.ts';
import type { FollowedEvent } from '../../core/events/follow-events.ts';

/**
 * What is told, as server-sent events. Only moves have an `id`, their sequence number, so that whoever comes again with the
 * last one misses none and hears none twice.
 * @param snapshot the job as its own route shows it, for who knows nothing of it yet
 * https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export async function* eventStream(
  told: AsyncIterable<FollowedEvent>,
  snapshot: JobRepresentation | undefined,
): AsyncGenerator<string> {
  for await (const one of told) yield block(one, snapshot);
}

/**
 * A body of the texts, as they come. `readerGone` is aborted as soon as the body is destroyed, which the texts could otherwise
 * not learn before they have another one.
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
        () => undefined, // `next` has reported it.
      );
      callback(error);
    },
  });
}

function block(told: FollowedEvent, snapshot: JobRepresentation | undefined): string {
  switch (told.kind) {
    case 'snapshot':
      return lines({ event: 'snapshot', data: JSON.stringify(snapshot) });
    case 'event': {
      const { event } = told;
      return lines({ id: String(Number(event.sequence)), event: event.type, data: JSON.stringify(event) });
    }
    case 'progress': {
      const { jobId, progress } = told;
      return lines({ event: 'progress', data: JSON.stringify({ jobId, progress }) });
    }
    case 'silence':
      return ':\n\n';
    case 'later':
      return lines({ retry: String(told.seconds * 1000) });
    case 'end':
      return lines({ event: 'end', data: '{}' });
  }
}

/** JSON text has no line break of its own, so that a value is always one line. */
function lines(fields: Readonly<Record<string, string>>): string {
  return `${Object.entries(fields)
    .map(([name, value]) => `${name}: ${value}\n`)
    .join('')}\n`;
}
