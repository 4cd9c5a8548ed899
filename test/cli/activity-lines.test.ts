import { expect, test } from 'vitest';
import type { Activity } from '../../bin/control/activity.ts';
import { activityLines } from '../../cli/dev/activity-lines.ts';
import type { JobEvent } from '../../core/contract/schemas/event-schemas.ts';

const jobId = '01890a5d-ac96-774b-bcce-b302099a8057';
const now = new Date(2026, 10, 30, 9, 5, 7);
const plain = { style: (_format: string, text: string) => text };

test('each state of a job is a line with the end of its id', () => {
  const { line } = activityLines(plain);
  expect(line(transition('pending', 0), now)).toBe('09:05:07  8057  pending  thumb 1.0.0');
  expect(line(transition('executing', 100), now)).toBe('09:05:07  8057  executing  attempt 1');
  expect(line(transition('succeeded', 1_430), now)).toBe('09:05:07  8057  succeeded  1.4 s');
});

test('a failure has its reason', () => {
  const { line } = activityLines(plain);
  line(transition('pending', 0), now);
  const failed = transition('failed', 2_000, { detail: 'no-name: The name is empty' });
  expect(line(failed, now)).toBe('09:05:07  8057  failed  2.0 s  no-name: The name is empty');
});

test('a job that was submitted before ends without a wrong duration', () => {
  const { line } = activityLines(plain);
  expect(line(transition('succeeded', 5_000), now)).toBe('09:05:07  8057  succeeded');
});

test('what a service writes has the job before it, and the number of a later attempt', () => {
  const { line } = activityLines(plain);
  expect(line({ kind: 'line', source: 'errand-service-thumb', jobId, attempt: 1, text: 'hi' }, now)).toBe(
    '09:05:07  8057  | hi',
  );
  expect(line({ kind: 'line', source: 'errand-service-thumb', jobId, attempt: 2, text: 'hi' }, now)).toBe(
    '09:05:07  8057 #2  | hi',
  );
  expect(line({ kind: 'line', source: 'errand-service-thumb', text: 'hi' }, now)).toBe(
    '09:05:07  errand-service-thumb  | hi',
  );
});

function transition(status: string, afterMs: number, error?: object): Activity {
  const time = new Date(Date.UTC(2026, 10, 30) + afterMs).toISOString();
  const data = { jobId, status, attempt: 1, service: { name: 'thumb', version: '1.0.0' }, error };
  return { kind: 'transition', event: { time, data } as unknown as JobEvent }; // the members that lines read
}
