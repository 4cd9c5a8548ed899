import { describe, expect, test } from 'vitest';
import { toEntry } from '../../aws/events/event-entry.ts';
import {
  jobEvent,
  operationEvent as operationEventSchema,
} from '../../core/contract/schemas/event-schemas.ts';
import { operationEvent } from '../../core/operations/operation-event.ts';
import { compileEventPattern } from '../../local/events/event-pattern.ts';
import { anOperation } from '../support/operations/an-operation.ts';
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

describe('the event of an operation that the guide shows', () => {
  const ofOperation = operationEventSchema.parse(
    JSON.parse(onlyBlock(section(guide, 'The end of an operation'), 'json')),
  );

  test('is the event of such an operation', () => {
    const { source, tenant, time, data } = ofOperation;
    const { id, status, matched, done, refused } = data.operation;
    const operation = anOperation({
      id,
      tenant,
      work: { action: 'rerun', changes: {} },
      status,
      matched,
      done,
      refused,
      finishedAt: Date.parse(time),
    });
    expect(operationEvent(operation, source)).toStrictEqual(ofOperation);
  });

  test('matches no rule for jobs', () => {
    const { entry } = toEntry(ofOperation, 'errand-events');
    expect(entry.Resources).toEqual([ofOperation.subject]);
    const detail = JSON.parse(entry.Detail ?? '');
    for (const [, text] of patterns)
      expect(compileEventPattern(JSON.parse(text), 'the pattern')({ source: 'errand', detail })).toBe(false);
    const byStatus = compileEventPattern({ detail: { data: { status: ['succeeded'] } } }, 'the pattern');
    expect(byStatus({ detail })).toBe(false);
  });
});
