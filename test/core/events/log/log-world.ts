import type { JobStatus } from '../../../../core/contract/job-state.ts';
import type { JobEvent } from '../../../../core/contract/schemas/event-schemas.ts';
import { logAndPublish } from '../../../../core/events/log/log-and-publish.ts';
import { logTails } from '../../../../core/events/log/log-tails.ts';
import type { JobChange } from '../../../../core/events/publish-events.ts';
import type { Job } from '../../../../core/jobs/model/job.ts';
import { tombstoneOf } from '../../../../core/jobs/model/tombstone.ts';
import { faulty, unlessInjected } from '../../../sim/faulty.ts';
import { scheduler } from '../../../sim/scheduler.ts';
import { seededRandom } from '../../../sim/seeded-random.ts';
import { countingRandom } from '../../../support/jobs/counting-random.ts';
import { jobIdAt } from '../../../support/jobs/job-id.ts';
import { aJob, someTime } from '../../../support/jobs/jobs.ts';
import { testDeps } from '../../../support/jobs/test-deps.ts';
import { memoryEventLog } from '../../../support/memory/events/memory-event-log.ts';

export const tenants = ['one', 'two'] as const;
export const baseUrl = 'https://api.test';

/** The states that a job passes, most often without being deleted. */
const courses: ReadonlyArray<readonly JobStatus[]> = [
  ['pending', 'executing', 'succeeded'],
  ['pending', 'executing', 'retrying', 'executing', 'failed'],
  ['draft', 'ready', 'pending', 'aborted'],
];

/**
 * Jobs of two tenants that change at random times, the table's stream in two shards with a publisher each, and a
 * log and a bus that fail at random. A publisher can die at each of its calls, and gets batches again.
 */
export function logWorld(seed: number, faultProbability: number) {
  const random = seededRandom(seed);
  const time = scheduler(random, someTime);
  let areFaultsOver = false;
  const faults = {
    scheduler: time,
    random,
    probability: () => (areFaultsOver ? 0 : faultProbability),
    trace: [],
  };
  const base = testDeps();
  const log = memoryEventLog();
  const published: string[] = [];
  const unlogged: string[] = [];
  const loggedIds = () =>
    tenants.flatMap((tenant) =>
      log
        .entriesOf(tenant)
        .flatMap(({ events }) => events.map(({ jobId, sequence }) => `${jobId}/${sequence}`)),
    );
  const publish = async (events: readonly JobEvent[]) => {
    const logged = new Set(loggedIds());
    for (const { id } of events) {
      published.push(id);
      if (!logged.has(id)) unlogged.push(id);
    }
    return events.filter(() => !areFaultsOver && random.happens(faultProbability / 4));
  };
  /** A process with a clock of its own, and nothing in memory. */
  const newProcess = () => {
    const skew = random.whole(-500, 500);
    // Like a real clock, it has whole milliseconds.
    const clock = { ...time, now: () => Math.floor(time.now()) + skew };
    const eventLog = faulty(
      { append: log.append, firstNumber: log.firstNumber, read: log.read, newest: log.newest },
      faults,
    );
    return {
      ...base,
      clock,
      eventLog,
      jobs: { ...base.jobs, getRecords: faulty({ getRecords: base.jobs.getRecords }, faults).getRecords },
      longPolls: faulty(base.longPolls, faults),
      bus: faulty({ publish }, faults),
      sendToWebhooks: async () => [],
      tails: logTails({ eventLog, clock }),
      random: countingRandom(random.fraction),
    };
  };
  const shards: [JobChange[], JobChange[]] = [[], []];
  const expected = new Map<string, string[]>(tenants.map((tenant) => [tenant, []]));
  let writing = 0;
  const jobs: Job[] = [];

  async function writeJob(index: number): Promise<void> {
    const tenant = tenants[random.whole(0, 1)] ?? 'one';
    const shard = shards[random.whole(0, 1)] ?? shards[0];
    const course = courses[random.whole(0, courses.length - 1)] ?? [];
    const position = () => `${index}-${shard.length}`;
    let before: Job | undefined;
    for (const status of course) {
      await time.sleep(random.whole(0, 3000));
      const id = jobIdAt(someTime, BigInt(index));
      const transitions = [
        ...(before?.transitions ?? []),
        { status, at: Math.floor(time.now()), attempt: 0 },
      ];
      const version = transitions.length;
      const after = { ...aJob({ id, tenant, tags: index % 2 === 0 ? ['even'] : [] }), status, transitions };
      const next: Job = { ...after, version, updatedAt: Math.floor(time.now()) };
      if (before === undefined) await base.jobs.insert(next);
      else await base.jobs.replace(next, version - 1);
      expected.get(tenant)?.push(`${id}/${version}`);
      shard.push({ position: position(), after: next, ...(before === undefined ? {} : { before }) });
      before = next;
    }
    if (before === undefined) return;
    jobs.push(before);
    if (!random.happens(0.3)) return;
    await time.sleep(random.whole(0, 3000));
    const tombstone = tombstoneOf(before, { by: 'me', now: time.now() });
    await base.jobs.replaceWithTombstone(tombstone, before.version);
    expected.get(tenant)?.push(`${before.id}/${course.length + 1}`);
    shard.push({ position: position(), before, tombstone });
  }

  /** A batch is delivered from its first failed record on, and sometimes again, to the same process or another. */
  async function publishShard(shard: readonly JobChange[]): Promise<void> {
    let publisher = newProcess();
    let position = 0;
    while (writing > 0 || position < shard.length) {
      const batch = shard.slice(position, position + random.whole(1, 8));
      if (batch.length === 0) await time.sleep(200);
      else {
        const failed = await unlessInjected(logAndPublish(publisher, batch));
        if (failed === undefined || random.happens(0.1)) publisher = newProcess();
        const first = batch.findIndex((change) => failed?.includes(change.position) ?? true);
        if (!random.happens(0.1)) position += first === -1 ? batch.length : first;
      }
    }
  }

  return {
    random,
    time,
    log,
    expected,
    published,
    unlogged,
    newProcess,
    jobs,
    /** Runs the jobs, the publishers and these tasks, until all have ended. */
    async run(jobCount: number, tasks: readonly ((isWritten: () => boolean) => Promise<void>)[]) {
      let publishing = 2;
      let open = tasks.length;
      for (let index = 0; index < jobCount; index += 1) {
        writing += 1;
        time.spawn(async () => {
          await writeJob(index);
          writing -= 1;
        });
      }
      for (const shard of shards)
        time.spawn(async () => {
          await publishShard(shard);
          publishing -= 1;
          areFaultsOver = publishing === 0;
        });
      for (const task of tasks)
        time.spawn(async () => {
          await task(() => publishing === 0);
          open -= 1;
        });
      await time.run(() => writing === 0 && publishing === 0 && open === 0);
    },
  };
}

export type LogWorld = ReturnType<typeof logWorld>;
