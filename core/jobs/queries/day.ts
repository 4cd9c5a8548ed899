import { timeInId } from '../model/job-id.ts';

/** The day in UTC on which a job was made, as in 2026-11-21. */
export function dayOf(jobId: string): string {
  return dayAt(timeInId(jobId));
}

/** The day in UTC of a moment in milliseconds since 1970. */
export function dayAt(milliseconds: number): string {
  return new Date(milliseconds).toISOString().slice(0, 10);
}
