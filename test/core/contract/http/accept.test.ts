import { expect, test } from 'vitest';
import { prefers } from '../../../../core/contract/http/accept.ts';

const prefersStream = (accept: string | undefined) =>
  prefers(accept, 'text/event-stream', 'application/json');

test.each([
  'text/event-stream',
  'Text/Event-Stream;charset=utf-8',
  'application/json;q=0.1, text/event-stream',
  'application/json;q=0.1\t,\ttext/event-stream;q=0.2',
  'text/*, application/json;q=0.9',
  'text/event-stream, */*',
  'text/event-stream, application/json',
  'text/event-stream;q=0.5, */*;q=0.1',
  'text/event-stream;x=",";q=1, application/json;q=0.5',
  'text/event-stream, nonsense/',
])('%j prefers server-sent events to JSON', (accept) => {
  expect(prefersStream(accept)).toBe(true);
});

test.each([
  undefined,
  '',
  '*/*',
  'text/plain',
  'application/json',
  'text/event-stream;q=0',
  'text/event-stream;q=0.000, */*',
  'text/event-stream;q=0.5, application/json',
  'text/event-stream;q=0.1, */*;q=0.2',
  'text/*;q=0.5, */*',
  'text/*, text/event-stream;q=0, application/json;q=0.1',
  'application/json, text/event-stream; q=0.9',
  'text/event-stream;q=2',
  'text/event-stream;q=0.1234',
  '"text/event-stream"',
])('%j does not prefer server-sent events to JSON', (accept) => {
  expect(prefersStream(accept)).toBe(false);
});
