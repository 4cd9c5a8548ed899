import { describe, expect, test } from 'vitest';
import { toEntry } from '../../aws/events/event-entry.ts';
import { jobEvent } from '../../core/contract/schemas/event-schemas.ts';
import { compileEventPattern } from '../../local/events/event-pattern.ts';
import { onlyBlock, readDocument, section } from './markdown.ts';

const guide = readDocument('docs/guides/events.md');
const shown = jobEvent.parse(JSON.parse(onlyBlock(section(guide, 'Event format'), 'json')));

const patterns = [
  ['the guide of events', onlyBlock(section(guide, 'On the bus'), 'json')],
  ['the README', onlyBlock(section(readDocument('README.md'), 'Subscribing to events'), 'json')],
] as const;

/** An event as a rule of the bus receives it. */
function onBus(event: typeof shown): object {
  const { entry } = toEntry(event, 'errand-events');
  return { source: entry.Source, 'detail-type': entry.DetailType, detail: JSON.parse(entry.Detail ?? '') };
}

describe.each(patterns)('the rule pattern in %s', (_, text) => {
  const matches = compileEventPattern(JSON.parse(text), 'the pattern');

  test('matches the event that the guide shows', () => {
    expect(matches(onBus(shown))).toBe(true);
  });

  test('does not match events of success, and of other services', () => {
    const { data } = shown;
    const succeeded = {
      ...shown,
      type: 'errand.job.succeeded',
      data: { ...data, status: 'succeeded' as const },
    };
    const other = { ...shown, data: { ...data, service: { name: 'echo', version: '1.0.0' } } };
    expect(matches(onBus(succeeded))).toBe(false);
    expect(matches(onBus(other))).toBe(false);
  });

  test('does not match the deletion of a failed job', () => {
    expect(matches(onBus({ ...shown, type: 'errand.job.deleted' }))).toBe(false);
  });
});
