import type { JobEvent } from '../contract/schemas/event-schemas.ts';
import type { Tombstone } from '../jobs/model/tombstone.ts';
import { formatTime } from '../jobs/queries/represent-job.ts';
import { jobEvents } from './job-events.ts';

/**
 * The last event of a deleted job, which follows the events of its transitions. Its status is the last one of
 * the job.
 */
export function deletedEvent({ job, deletedAt }: Tombstone, baseUrl: string): JobEvent {
  const last = jobEvents(job, baseUrl, job.transitions.length - 1)[0];
  if (last === undefined) throw new Error(`The deleted job ${job.id} has no transitions`);
  const sequence = job.transitions.length + 1;
  const { error: _e, resultUrl: _r, ...data } = last.data;
  return {
    ...last,
    id: `${job.id}/${sequence}`,
    type: 'errand.job.deleted',
    time: formatTime(deletedAt),
    sequence: String(sequence).padStart(10, '0'),
    data: { ...data, previousStatus: job.status },
  };
}
