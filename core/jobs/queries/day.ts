import { timeInId } from '../../std/id-time.ts';

/** The UTC day on which a job was created, for example 2026-11-21. */
export function dayOf(jobId: string): string {
  return dayAt(timeInId(jobId));
}

/** The UTC day of a time in epoch milliseconds. */
export function dayAt(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 10);
}
