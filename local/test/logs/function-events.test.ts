import { appendFileSync, readdirSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { type EventBounds, openFunctionEvents, scanFunctionEvents } from '../../logs/function-events.ts';
import { temporaryDirectory } from '../fixture/write-assembly.ts';

const group = '/aws/lambda/service-f';
let directory: string;
beforeEach(() => {
  directory = temporaryDirectory();
});

function writer(bounds?: EventBounds) {
  const events = openFunctionEvents(directory, bounds);
  onTestFinished(() => events.close());
  return (...messages: readonly string[]) =>
    events.append(
      group,
      messages.map((message) => ({ stream: 's', at: 5, message })),
    );
}

/** All messages from a position on, part by part. */
function messagesFrom(from?: number): readonly string[] {
  const { events, next, isEnd } = scanFunctionEvents(directory, group, from === undefined ? {} : { from });
  const messages = events.map(({ message }) => message);
  return isEnd ? messages : [...messages, ...messagesFrom(next)];
}

test('lines are returned in order, from any position, also after a restart', () => {
  writer()('a', 'b\nwith two lines', 'é 𝄞');
  const [, second] = scanFunctionEvents(directory, group).events;
  writer()('d');
  expect(messagesFrom()).toEqual(['a', 'b\nwith two lines', 'é 𝄞', 'd']);
  expect(messagesFrom(second?.next)).toEqual(['é 𝄞', 'd']);
});

test('the oldest lines are deleted when the group has its maximum size, and a position in them continues after them', () => {
  const write = writer({ maxFileBytes: 100, maxFiles: 3 });
  for (let number = 1; number <= 50; number += 1) write(`line ${number}`);
  const files = readdirSync(join(directory, encodeURIComponent(group)));
  expect(files).toHaveLength(3);
  const sizes = files.map((name) => statSync(join(directory, encodeURIComponent(group), name)).size);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(100);
  const messages = messagesFrom(0);
  expect(messages.at(-1)).toBe('line 50');
  expect(messages.length).toBeLessThan(20);
});

test('a group of several megabytes is returned in several parts, also with lines of the maximum size', () => {
  const write = writer();
  const messages = Array.from({ length: 5 }, (_, number) => `${number}${'\0'.repeat(262_143)}`);
  for (const message of messages) write(message);
  expect(scanFunctionEvents(directory, group).events.length).toBeLessThan(5);
  expect(messagesFrom()).toEqual(messages);
});

test('a line that a crash cut short is left out', () => {
  writer()('a');
  appendFileSync(join(directory, encodeURIComponent(group), '1.jsonl'), '[5,"s","cut');
  expect(messagesFrom()).toEqual(['a']);
  writer()('b');
  expect(messagesFrom()).toEqual(['a', 'b']);
});

test('files that are older than the wanted lines are skipped', () => {
  const write = writer({ maxFileBytes: 20, maxFiles: 9 });
  write('old');
  write('new');
  const file = join(directory, encodeURIComponent(group), '1.jsonl');
  utimesSync(file, 1, 1);
  const { events } = scanFunctionEvents(directory, group, { startAt: 2000 });
  expect(events.map(({ message }) => message)).toEqual(['new']);
});
