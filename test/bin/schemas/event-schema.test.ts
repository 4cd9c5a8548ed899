import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { eventSchema } from '../../../bin/schemas/event-schema.ts';
import { deletedEvent } from '../../../core/events/deleted-event.ts';
import { jobEvents } from '../../../core/events/job-events.ts';
import { disabledEvent } from '../../../core/webhooks/delivery/disabled-event.ts';
import type { Webhook } from '../../../core/webhooks/model/webhook.ts';
import { onlyBlock, readDocument, section } from '../../docs/markdown.ts';
import { eventFault } from '../../support/events/published-events.ts';
import { arbitraryJob } from '../../support/jobs/arbitrary-job.ts';
import { jobIdAt } from '../../support/jobs/job-id.ts';

const guide = readDocument('docs/guides/events.md');
const disabledWebhook: Webhook = {
  tenant: 'local',
  id: jobIdAt(1),
  url: 'https://receiver.example/',
  states: [],
  services: [],
  tags: [],
  status: 'disabled',
  disabledReason: 'failing',
  updatedAt: 2,
  version: 3,
};
const shown = JSON.parse(onlyBlock(section(guide, 'Event format'), 'json'));

describe('events.schema.json', () => {
  test('is what the package contains', () => {
    const text = readFileSync('package/events.schema.json', 'utf8');
    expect(JSON.parse(text)).toEqual(eventSchema());
  });

  test('accepts the event that the guide shows, and members that later releases may add', () => {
    expect(eventFault(shown)).toBeUndefined();
    const { data } = shown;
    const later = {
      ...shown,
      partition: 'a',
      data: { ...data, cause: 1, error: { ...data.error, hint: 'b' } },
    };
    expect(eventFault(later)).toBeUndefined();
  });

  test('accepts every event of any job, also of its deletion', () => {
    fc.assert(
      fc.property(arbitraryJob(), (job) => {
        const deleted = deletedEvent({ job, deletedAt: 17, by: 'a-caller' }, 'https://api.test');
        for (const event of [...jobEvents(job, 'https://api.test'), deleted])
          expect(eventFault(event)).toBeUndefined();
      }),
      { numRuns: 100 },
    );
  });

  test('accepts the event of an operation that the guide shows, and that of a disabled webhook', () => {
    const ofOperation = JSON.parse(onlyBlock(section(guide, 'The end of an operation'), 'json'));
    const ofWebhook = disabledEvent(disabledWebhook, 'https://api.test');
    for (const [event, member] of [
      [ofOperation, 'operation'],
      [ofWebhook, 'disabledReason'],
    ] as const) {
      expect(eventFault(event)).toBeUndefined();
      const { [member]: _, ...rest } = event.data;
      expect(eventFault({ ...event, data: rest })).toContain(member);
    }
  });

  test.each(['specversion', 'id', 'source', 'type', 'subject', 'time', 'sequence', 'tenant', 'data'])(
    'refuses an event without %s',
    (name) => {
      const { [name]: _, ...rest } = shown;
      expect(eventFault(rest)).toContain(name);
    },
  );

  test('refuses another version of CloudEvents, and a state that no job has', () => {
    expect(eventFault({ ...shown, specversion: '0.3' })).toContain('specversion');
    expect(eventFault({ ...shown, data: { ...shown.data, status: 'lost' } })).toContain('status');
  });
});
