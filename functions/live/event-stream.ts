import type { Told } from '../../core/events/follow-events.ts';
import type { Job } from '../../core/jobs/job.ts';

/** A job as its own route shows it. */
export type Represent = (job: Job) => Promise<unknown>;

/**
 * What is told, as server-sent events. Only moves have an `id`, their sequence number, so that whoever comes again with the
 * last one misses none and hears none twice. https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export async function* eventStream(told: AsyncIterable<Told>, represent: Represent): AsyncGenerator<string> {
  for await (const one of told) yield await block(one, represent);
}

async function block(told: Told, represent: Represent): Promise<string> {
  switch (told.kind) {
    case 'snapshot':
      return lines({ event: 'snapshot', data: JSON.stringify(await represent(told.job)) });
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
