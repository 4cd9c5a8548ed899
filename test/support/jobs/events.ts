import type { JobEvent } from '../../../core/contract/schemas/event-schemas.ts';
import { jobEvents } from '../../../core/events/job-events.ts';
import { jobIdAt } from './job-id.ts';
import { aJob, someTime } from './jobs.ts';

/** The first events of `count` jobs. */
export function someEvents(count: number, name = 'echo'): readonly JobEvent[] {
  return Array.from({ length: count }, (_, index) => aJob({ id: jobIdAt(someTime + index), name })).flatMap(
    (job) => jobEvents(job, 'https://errand.example'),
  );
}
