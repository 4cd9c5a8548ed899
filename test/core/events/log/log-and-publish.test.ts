import { describe, expect, test } from 'vitest';
import type { JobEvent, PublishedEvent } from '../../../../core/contract/schemas/event-schemas.ts';
import { type LogAndPublishDeps, logAndPublish } from '../../../../core/events/log/log-and-publish.ts';
import { logTails } from '../../../../core/events/log/log-tails.ts';
import type { JobChange } from '../../../../core/events/publish-events.ts';
import { testSettings } from '../../../support/jobs/test-settings.ts';
import { dyingProcess, ProcessDied } from '../../../support/memory/dying-process.ts';
import { creation, logDeps } from './logged.ts';

function world() {
  const deps = logDeps();
  const published: string[] = [];
  const publish = async (events: readonly JobEvent[]) => {
    published.push(...events.map(({ id }) => id));
    return [] as readonly JobEvent[];
  };
  const loggedIds = () =>
    deps.eventLog
      .entriesOf('local')
      .flatMap(({ events }) => events.map(({ jobId, sequence }) => `${jobId}/${sequence}`));
  return { deps: { ...deps, bus: { publish } }, published, loggedIds };
}

describe('logAndPublish', () => {
  test('loses no event wherever its process dies, and logs each one once', async () => {
    const changes = [creation(1), creation(2)];
    const ids = changes.map(({ after }) => `${after?.id}/1`);
    let callCount = 0;
    for (let atCall = 1; atCall <= Math.max(callCount, 1) + 1; atCall += 1)
      for (const effect of [false, true]) {
        const { deps, published, loggedIds } = world();
        const process = dyingProcess(deps, ['eventLog', 'bus'], { atCall, effect });
        const mortal: LogAndPublishDeps = { ...process.deps, tails: logTails(process.deps) };
        const outcome = await logAndPublish(mortal, changes).catch((error: unknown) => error);
        callCount = Math.max(callCount, process.calls());
        // Only what is in the log is on the bus.
        expect(loggedIds()).toEqual(expect.arrayContaining(published));
        if (outcome instanceof ProcessDied || (Array.isArray(outcome) && outcome.length > 0))
          expect(await logAndPublish({ ...deps, tails: logTails(deps) }, changes)).toEqual([]);
        expect(loggedIds()).toEqual(ids);
        expect(new Set(published)).toEqual(new Set(ids));
      }
    expect(callCount).toBeGreaterThanOrEqual(4);
  });

  test('publishes no event that could not be logged, and reports its change', async () => {
    const { deps, published } = world();
    const append = async () => Promise.reject(new Error('throttled'));
    const failing = { ...deps, eventLog: { ...deps.eventLog, append } };
    expect(await logAndPublish(failing, [creation(1)])).toEqual(['1']);
    expect(published).toEqual([]);
  });

  test('reports an event that the bus refused, and logs it once when the batch is delivered again', async () => {
    const { deps, published, loggedIds } = world();
    const refusing = { ...deps, bus: { publish: async (events: readonly JobEvent[]) => events } };
    expect(await logAndPublish(refusing, [creation(1)])).toEqual(['1']);
    expect(await logAndPublish(deps, [creation(1)])).toEqual([]);
    expect([loggedIds(), published]).toEqual([[published[0]], [published[0]]]);
  });

  test('sends to webhooks what is in the log, and reports each change that was not logged, published or sent', async () => {
    const { deps, loggedIds } = world();
    const [first, second, third] = [creation(1), creation(2), creation(3)];
    const idOf = ({ after }: JobChange) => `${after?.id}/1`;
    const sent: string[] = [];
    const sendToWebhooks = async (changes: readonly JobChange[]) => {
      expect(loggedIds()).toEqual(expect.arrayContaining(changes.map(idOf)));
      sent.push(...changes.map(idOf));
      return changes.map(({ position }) => position).filter((position) => position !== '1');
    };
    const publish = async (events: readonly PublishedEvent[]) =>
      events.filter(({ id }) => id === idOf(second));
    expect(
      await logAndPublish({ ...deps, bus: { publish }, sendToWebhooks }, [first, second, third]),
    ).toEqual(['2', '3']);
    expect(sent).toEqual([first, second, third].map(idOf));
    const append = async () => Promise.reject(new Error('throttled'));
    const unlogged = { ...deps, eventLog: { ...deps.eventLog, append }, sendToWebhooks };
    expect(await logAndPublish(unlogged, [creation(4)])).toEqual(['4']);
    expect(sent).toHaveLength(3);
  });

  test('only publishes in a deployment without an event log', async () => {
    const { deps, published, loggedIds } = world();
    const off = { ...deps, settings: testSettings({ eventLogDays: 0 }) };
    expect(await logAndPublish(off, [creation(1)])).toEqual([]);
    expect([published.length, loggedIds()]).toEqual([1, []]);
  });
});
