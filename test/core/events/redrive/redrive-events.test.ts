import { describe, expect, test } from 'vitest';
import type { PublishedEvent } from '../../../../core/contract/schemas/event-schemas.ts';
import { appendToLog } from '../../../../core/events/log/append-to-log.ts';
import { logTails } from '../../../../core/events/log/log-tails.ts';
import type { JobChange } from '../../../../core/events/publish-events.ts';
import { type RedriveEventsDeps, redriveEvents } from '../../../../core/events/redrive/redrive-events.ts';
import { tombstoneOf } from '../../../../core/jobs/model/tombstone.ts';
import { executingJob } from '../../../support/jobs/executing-job.ts';
import { jobIdAt } from '../../../support/jobs/job-id.ts';
import { aJob, endedJob, someTime } from '../../../support/jobs/jobs.ts';
import { dyingProcess, ProcessDied } from '../../../support/memory/dying-process.ts';
import { memoryUnpublishedChanges } from '../../../support/memory/events/memory-unpublished-changes.ts';
import { creation, logDeps } from '../log/logged.ts';

const forever = Number.POSITIVE_INFINITY;

function world() {
  const base = logDeps();
  const unpublished = memoryUnpublishedChanges();
  const published: string[] = [];
  const sent: string[] = [];
  const bus = {
    refuses: (_id: string) => false,
    async publish(events: readonly PublishedEvent[]) {
      const refused = events.filter(({ id }) => bus.refuses(id));
      published.push(...events.filter((event) => !refused.includes(event)).map(({ id }) => id));
      return refused;
    },
  };
  const sendToWebhooks = async (changes: readonly JobChange[]) => {
    sent.push(...changes.map(({ after, tombstone }) => (after ?? tombstone?.job)?.id ?? ''));
    return [];
  };
  const deps = { ...base, bus, sendToWebhooks, unpublished };
  const redrive = (
    input: { limit?: number; after?: string; isDryRun?: boolean; budgetEndsAt?: number } = {},
    given: RedriveEventsDeps = deps,
  ) => redriveEvents(given, { limit: 100, isDryRun: false, budgetEndsAt: forever, ...input });
  const loggedIds = () =>
    base.eventLog
      .entriesOf('local')
      .flatMap(({ events }) => events.map(({ jobId, sequence }) => `${jobId}/${sequence}`));
  return { deps, unpublished, published, sent, bus, redrive, loggedIds };
}

const idOf = ({ after }: JobChange) => `${after?.id}/1`;

/** The three changes of a job that succeeded. */
function courseOf(index: number): readonly JobChange[] {
  const id = jobIdAt(someTime, BigInt(index));
  const [first, second] = [aJob({ id }), executingJob({ id })];
  const third = endedJob('succeeded', { id, transitions: second.transitions });
  return [
    { position: `${index}-1`, after: { ...first, version: 1, updatedAt: someTime } },
    {
      position: `${index}-2`,
      before: { ...first, version: 1 },
      after: { ...second, version: 2, updatedAt: someTime + 1000 },
    },
    {
      position: `${index}-3`,
      before: { ...second, version: 2 },
      after: { ...third, version: 3, updatedAt: someTime + 2000 },
    },
  ];
}

describe('redriveEvents', () => {
  test('publishes what was kept to the log, the bus and webhooks, counts ended jobs, and removes it', async () => {
    const { deps, unpublished, published, sent, redrive, loggedIds } = world();
    const [created, claimed, ended] = courseOf(1);
    const id = created?.after?.id ?? '';
    for (const [index, change] of [created, claimed, ended].entries())
      if (change !== undefined) unpublished.keep({ group: String(index), changes: [change] });
    expect(await redrive()).toEqual({
      found: 3,
      published: 3,
      failed: 0,
      unreadable: 0,
      remaining: 0,
      isComplete: true,
    });
    expect(published).toEqual([`${id}/1`, `${id}/2`, `${id}/3`]);
    expect(loggedIds()).toEqual(published);
    expect(sent).toEqual([id, id, id]);
    const counters = await deps.counters.list({ tenant: 'local', limit: 10 });
    expect(counters).toMatchObject([{ counts: { succeeded: 1 } }]);
  });

  test('wakes the dependents of a job whose end was kept', async () => {
    const { deps, unpublished, redrive } = world();
    const dependency = endedJob('succeeded', { id: jobIdAt(someTime, 1n), hasDependents: true });
    const dependent = aJob({
      id: jobIdAt(someTime, 2n),
      status: 'waiting',
      dependsOn: [dependency.id],
      transitions: [{ status: 'waiting', at: someTime, attempt: 0 }],
    });
    await deps.jobs.insert(dependency);
    await deps.jobs.insert(dependent);
    await deps.links.add({
      tenant: 'local',
      kind: 'dependent',
      anchorId: dependency.id,
      jobId: dependent.id,
      madeAt: someTime,
    });
    const before = executingJob({ id: dependency.id, hasDependents: true });
    unpublished.keep({ group: '1', changes: [{ position: '1', before, after: dependency }] });
    await redrive();
    expect(await deps.jobs.get({ tenant: 'local', jobId: dependent.id })).toMatchObject({
      status: 'pending',
    });
  });

  test('publishes the changes of a job in order, whatever the names of their batches in the same second', async () => {
    const { unpublished, redrive, loggedIds } = world();
    const [one = [], two = []] = [courseOf(1), courseOf(2)];
    const [first] = one;
    const id = first?.after?.id ?? '';
    const end = one.at(-1)?.after;
    const tombstone = end && tombstoneOf(end, { by: 'a', now: end.updatedAt });
    const deletion = tombstone && { position: '4', before: end, tombstone };
    for (const change of [...(deletion ? [deletion] : []), ...one.toReversed(), ...two.toReversed()])
      unpublished.keep({ group: 'same', changes: [change] });
    expect(await redrive()).toMatchObject({ published: 7, remaining: 0 });
    const ofFirst = loggedIds().filter((event) => event.startsWith(id));
    expect(ofFirst).toEqual([1, 2, 3, 4].map((sequence) => `${id}/${sequence}`));
  });

  test('does not append an event again that the publisher has appended long before', async () => {
    const { deps, unpublished, published, redrive, loggedIds } = world();
    await appendToLog(deps, [creation(1)]);
    for (let other = 100; other < 160; other += 1) await appendToLog(deps, [creation(other)]);
    unpublished.keep({ group: '1', changes: [creation(1), creation(2)] });
    // The memory of a new process is empty.
    await redrive({}, { ...deps, tails: logTails(deps) });
    expect(loggedIds().filter((id) => id === idOf(creation(1)))).toHaveLength(1);
    expect(loggedIds().at(-1)).toBe(idOf(creation(2)));
    expect(published).toEqual([creation(1), creation(2)].map(idOf));
  });

  test('keeps what the bus refuses, with the later changes of the same job, and publishes all others', async () => {
    const { unpublished, published, bus, redrive } = world();
    const [one, two] = [courseOf(1), courseOf(2)];
    const refused = `${one[1]?.after?.id}/2`;
    bus.refuses = (id) => id === refused;
    unpublished.keep({ group: '1', changes: one.slice(0, 2) });
    // More changes than are published together, so that the third one has its turn after the refusal.
    unpublished.keep({
      group: '2',
      changes: Array.from({ length: 100 }, (_, index) => creation(index + 10)),
    });
    unpublished.keep({ group: '3', changes: [...one.slice(2), ...two] });
    expect(await redrive()).toMatchObject({ found: 3, published: 1, failed: 2, remaining: 2 });
    expect(published).not.toContain(refused);
    expect(published).not.toContain(`${one[2]?.after?.id}/3`);
    bus.refuses = () => false;
    expect(await redrive()).toMatchObject({ failed: 0, remaining: 0, isComplete: true });
    expect(new Set(published).size).toBe(106);
  });

  test('keeps the later changes of a job in the same second if an earlier one fails', async () => {
    const { unpublished, published, bus, redrive } = world();
    const id = courseOf(1)[0]?.after?.id;
    bus.refuses = (event) => event === `${id}/1`;
    const others = Array.from({ length: 99 }, (_, index) => ({
      position: String(index + 10),
      after: aJob({ id: jobIdAt(someTime, BigInt(index + 10)), updatedAt: someTime }),
    }));
    unpublished.keep({ group: 'same', changes: [...courseOf(1), ...others] });
    expect(await redrive()).toMatchObject({ failed: 1, remaining: 1 });
    expect(published.filter((event) => event.startsWith(String(id)))).not.toContain(`${id}/3`);
    expect([...unpublished.batches.values()][0]?.changes.map(({ position }) => position)).toEqual(
      expect.arrayContaining(['1-1', '1-3']),
    );
  });

  test('reports what it cannot read, keeps it, and publishes the rest of its batch', async () => {
    const { deps, unpublished, published, redrive } = world();
    const name = unpublished.keep({ group: '1', changes: [creation(1)], unreadable: ['of layout 9'] });
    unpublished.keep({ group: '2', changes: [], unreadable: ['no JSON'] });
    unpublished.keep({ group: '3', changes: [creation(2)] });
    const outcome = { found: 3, published: 1, failed: 0, unreadable: 2, remaining: 2, isComplete: true };
    expect(await redrive()).toEqual(outcome);
    expect(published).toEqual([creation(1), creation(2)].map(idOf));
    expect(deps.lines.filter((line) => line === 'unpublished-unreadable')).toHaveLength(2);
    expect(await redrive()).toEqual({ ...outcome, found: 2, published: 0 });
    expect(unpublished.batches.get(name)).toMatchObject({ changes: [], unreadable: ['of layout 9'] });
    expect(published).toHaveLength(2);
  });

  test('keeps a batch that the store could not return', async () => {
    const { deps, unpublished, redrive } = world();
    unpublished.keep({ group: '1', changes: [creation(1)] });
    const read = async () => Promise.reject(new Error('throttled'));
    expect(await redrive({}, { ...deps, unpublished: { ...unpublished, read } })).toMatchObject({
      found: 1,
      failed: 1,
      remaining: 1,
    });
  });

  test('changes nothing in a dry run', async () => {
    const { unpublished, published, redrive, loggedIds } = world();
    unpublished.keep({ group: '1', changes: [creation(1)] });
    unpublished.keep({ group: '2', changes: [], unreadable: ['no JSON'] });
    expect(await redrive({ isDryRun: true })).toEqual({
      found: 2,
      published: 0,
      failed: 0,
      unreadable: 1,
      remaining: 2,
      isComplete: true,
    });
    expect([published, loggedIds()]).toEqual([[], []]);
  });

  test('ends after its limit, and a further call continues behind what is kept', async () => {
    const { unpublished, published, bus, redrive } = world();
    bus.refuses = (id) => id === idOf(creation(1));
    for (const index of [1, 2, 3, 4, 5])
      unpublished.keep({ group: String(index), changes: [creation(index)] });
    const first = await redrive({ limit: 2 });
    expect(first).toMatchObject({ found: 2, published: 1, failed: 1, remaining: 4, isComplete: false });
    const second = await redrive({ limit: 2, after: first.next ?? '' });
    expect(second).toMatchObject({ found: 2, published: 2, remaining: 2, isComplete: false });
    const third = await redrive({ limit: 2, after: second.next ?? '' });
    expect(third).toMatchObject({ found: 1, published: 1, remaining: 1, isComplete: true });
    expect(published).toEqual([2, 3, 4, 5].map((index) => idOf(creation(index))));
  });

  test('stops when its time is over, and the rest is not reported as failed', async () => {
    const { deps, unpublished, published, redrive } = world();
    const changes = Array.from({ length: 150 }, (_, index) => creation(index));
    for (const change of changes) unpublished.keep({ group: 'same', changes: [change] });
    unpublished.keep({ group: 'then', changes: [creation(500)] });
    const stopped = await redrive({ budgetEndsAt: deps.clock.now() });
    expect(stopped).toMatchObject({
      found: 150,
      published: 100,
      failed: 0,
      remaining: 51,
      isComplete: false,
    });
    expect(stopped.next).toBeUndefined();
    expect(await redrive()).toMatchObject({ published: 51, remaining: 0, isComplete: true });
    expect(new Set(published).size).toBe(151);
  });

  test('loses nothing wherever its process dies, and two calls at the same time log each event once', async () => {
    const changes = [creation(1), creation(2)];
    let callCount = 0;
    for (let atCall = 1; atCall <= Math.max(callCount, 1) + 1; atCall += 1)
      for (const effect of [false, true]) {
        const { deps, unpublished, published, redrive, loggedIds } = world();
        for (const change of changes) unpublished.keep({ group: change.position, changes: [change] });
        const dying = dyingProcess(deps, ['eventLog', 'bus', 'unpublished'], { atCall, effect });
        const mortal = { ...dying.deps, tails: logTails(dying.deps) };
        const outcome = await redrive({}, mortal).catch((error: unknown) => error);
        callCount = Math.max(callCount, dying.calls());
        if (outcome instanceof ProcessDied || unpublished.batches.size > 0) {
          const fresh = () => redrive({}, { ...deps, tails: logTails(deps) });
          await Promise.all([fresh(), fresh()]);
        }
        expect(unpublished.batches.size).toBe(0);
        expect(new Set(published)).toEqual(new Set(changes.map(idOf)));
        expect(loggedIds().toSorted()).toEqual(changes.map(idOf).toSorted());
      }
    expect(callCount).toBeGreaterThan(6);
  });
});
