import assert from 'node:assert/strict';
import type { LogOutcome } from './simulated/simulated-log.ts';

/**
 * Every event is in the log, the log has no gap, its reader received every event, those of a job in sequence, and no
 * event was on the bus before it was in the log.
 */
export function checkLog({ entries, unlogged, received }: LogOutcome, wanted: ReadonlySet<string>): void {
  const logged = entries.flatMap(({ events }) => events.map(({ jobId, sequence }) => `${jobId}/${sequence}`));
  for (const id of wanted) assert(logged.includes(id), `${id}: this event is missing in the log`);
  for (const id of logged) assert(wanted.has(id), `${id}: this event in the log belongs to no transition`);
  const [first] = entries;
  for (const [index, { number }] of entries.entries())
    assert.equal(number, (first?.number ?? 0) + index, `the log has a gap at ${number}`);
  const had = new Set(received);
  for (const id of wanted) assert(had.has(id), `${id}: the reader of the log did not receive this event`);
  const last = new Map<string, number>();
  for (const [jobId = '', sequence] of [...had].map((id) => id.split('/'))) {
    const before = last.get(jobId) ?? 0;
    assert.equal(
      Number(sequence),
      before + 1,
      `${jobId}: after event ${before} the reader received ${sequence}`,
    );
    last.set(jobId, Number(sequence));
  }
  assert.equal(unlogged[0], undefined, `${unlogged[0]}: this event was on the bus, and not in the log`);
}
