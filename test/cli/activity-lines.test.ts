import { expect, test } from 'vitest';
import type { Activity } from '../../bin/control/activity.ts';
import { type ActivityLines, activityLines } from '../../cli/dev/activity-lines.ts';
import type { JobEvent } from '../../core/contract/schemas/event-schemas.ts';

const jobId = '01890a5d-ac96-774b-bcce-b302099a8057';
const now = new Date(2026, 10, 30, 9, 5, 7);
const plain = { style: (_format: string, text: string) => text };

test('each state of a job is a line with the end of its id', () => {
  const line = lineOf(activityLines(plain));
  expect(line(transition('pending', 0), now)).toBe('09:05:07  8057  pending  thumb 1.0.0');
  expect(line(transition('executing', 100), now)).toBe('09:05:07  8057  executing  attempt 1');
  expect(line(transition('succeeded', 1_430), now)).toBe('09:05:07  8057  succeeded  1.4 s');
});

test('a failure has its reason', () => {
  const line = lineOf(activityLines(plain));
  line(transition('pending', 0), now);
  const failed = transition('failed', 2_000, { detail: 'no-name: The name is empty' });
  expect(line(failed, now)).toBe('09:05:07  8057  failed  2.0 s  no-name: The name is empty');
});

test('a job that was submitted before ends without a wrong duration', () => {
  const line = lineOf(activityLines(plain));
  expect(line(transition('succeeded', 5_000), now)).toBe('09:05:07  8057  succeeded');
});

test('what a service writes has the job before it, and the number of a later attempt', () => {
  const line = lineOf(activityLines(plain));
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

test('an error of the runtime is its message with the frames of the own code', () => {
  const trace = [
    'TypeError: x is not a function',
    '    at greet (/home/ada/thumb/src/greet.ts:2:3)',
    '    at callService (/home/ada/node_modules/errand/worker/attempt/service-call.js:61:18)',
    '    at Lambda invocation b30d2767-8e71-4d36-bb54-54583ab0d335 (/aws/lambda/x y)',
  ];
  const error = { errorType: 'TypeError', errorMessage: 'x is not a function', trace };
  const text = `b30d2767-8e71-4d36-bb54-54583ab0d335 ERROR ${JSON.stringify(error)}`;
  const { lines } = activityLines(plain);
  expect(lines({ kind: 'line', source: 'errand-service-thumb', jobId, attempt: 1, text }, now)).toEqual([
    '09:05:07  8057  | TypeError: x is not a function',
    '09:05:07  8057  |     at greet (/home/ada/thumb/src/greet.ts:2:3)',
  ]);
});

test('a line that only looks like an error of the runtime is unchanged', () => {
  const text = 'b30d2767-8e71-4d36-bb54-54583ab0d335 ERROR {no json}';
  const line = lineOf(activityLines(plain));
  expect(line({ kind: 'line', source: 'f', jobId, attempt: 1, text }, now)).toBe(`09:05:07  8057  | ${text}`);
});

/** The only line of an activity. */
function lineOf({ lines }: ActivityLines) {
  return (activity: Activity, at: Date): string => {
    const [first = '', ...others] = lines(activity, at);
    expect(others).toEqual([]);
    return first;
  };
}

function transition(status: string, afterMs: number, error?: object): Activity {
  const time = new Date(Date.UTC(2026, 10, 30) + afterMs).toISOString();
  const data = { jobId, status, attempt: 1, service: { name: 'thumb', version: '1.0.0' }, error };
  return { kind: 'transition', event: { time, data } as unknown as JobEvent }; // the members that lines read
}
