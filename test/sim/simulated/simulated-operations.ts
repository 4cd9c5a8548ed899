import type { PublishedEvent } from '../../../core/contract/schemas/event-schemas.ts';
import { actOnJobs } from '../../../core/operations/act-on-jobs.ts';
import { listRefusals } from '../../../core/operations/list-refusals.ts';
import type { JobWork, Operation, Refusal } from '../../../core/operations/model/operation.ts';
import { resendOperations } from '../../../core/operations/resend-operations.ts';
import { runOperation } from '../../../core/operations/work/run-operation.ts';
import type { OperationKey, OperationStore } from '../../../core/ports/operations/operation-store.ts';
import { someTime } from '../../support/jobs/jobs.ts';
import { memoryOperationStore } from '../../support/memory/operations/memory-operation-store.ts';
import { dyingAfter, unlessInjected } from '../faulty.ts';
import type { World } from '../world.ts';

/** What became of an operation. */
export interface OperationOutcome {
  readonly operation: Operation;
  /** IDs of the matched jobs, in their order. */
  readonly jobIds: readonly string[];
  readonly refusals: readonly Refusal[];
  /** Its events on the bus, with repetitions. */
  readonly events: readonly PublishedEvent[];
}

export interface SimulatedOperations {
  /** Whether all operations have ended. Throws if one is stuck. */
  haveEnded(): boolean;
  outcomes(): Promise<readonly OperationOutcome[]>;
}

/** The tag that an operation adds, and the name of the jobs that one creates. */
export const operationMark = 'of-an-operation';

const works: readonly JobWork[] = [
  { action: 'rerun', changes: { name: operationMark } },
  { action: 'tag', addTags: [operationMark], removeTags: [] },
];

/** Far beyond every pause. */
const longestMs = 24 * 3_600_000;
const turnMs = 20_000;

/** Operations on all jobs, whose messages are late or doubled, and whose processes die. */
export function simulatedOperations(world: World): SimulatedOperations {
  const { random, time } = world;
  const [store, events, latest] = [
    memoryOperationStore(),
    [] as PublishedEvent[],
    new Map<string, Operation>(),
  ];
  const watched = watch(store, latest);
  const accepted = new Set<string>();
  const publish = async (published: readonly PublishedEvent[]) => {
    events.push(...published);
    return [];
  };
  const deliver = async (key: OperationKey, delaySeconds: number) => {
    await time.sleep(delaySeconds * 1000 + random.whole(0, 3000));
    const process = random.happens(0.2) ? dyingAfter(ports(), random.whole(0, 120)) : ports();
    await unlessInjected(runOperation(process, key, { budgetEndsAt: time.now() + turnMs }));
  };
  const send = async (key: OperationKey, delaySeconds: number) => {
    for (let copies = random.happens(0.1) ? 2 : 1; copies > 0; copies -= 1)
      time.spawn(() => deliver(key, delaySeconds));
  };
  const ports = () => ({
    ...world.ports(),
    operations: world.faulty(watched),
    operationQueue: world.faulty({ send }),
    bus: world.faulty({ publish }),
    // No operation of the simulation has elements.
    contentReader: { read: async () => undefined },
    isTransient: () => false,
  });
  const request = async (work: JobWork) => {
    await time.sleep(random.whole(30_000, 900_000));
    const jobs = { filter: {}, requested: {} };
    const idempotency = { key: work.action, fingerprint: work.action };
    const input = { tenant: 'local', owner: 'operator', work, jobs, idempotency };
    while (!accepted.has(work.action)) {
      if ((await unlessInjected(actOnJobs(ports(), input))) !== undefined) accepted.add(work.action);
      await time.sleep(random.whole(0, 5000));
    }
  };
  const haveEnded = () => {
    const all = [...latest.values()];
    const open = all.find(({ status, nextCheckAt }) => status === 'running' || nextCheckAt !== undefined);
    if (open !== undefined && time.now() > someTime + longestMs) throw new Error(`${open.id}: is stuck`);
    return accepted.size === works.length && open === undefined;
  };
  for (const work of works) time.spawn(() => request(work));
  time.spawn(async () => {
    while (!haveEnded()) {
      await time.sleep(60_000);
      await unlessInjected(resendOperations(ports()));
    }
  });
  return {
    haveEnded,
    outcomes: () => Promise.all([...latest.values()].map((operation) => outcomeOf(store, operation, events))),
  };
}

/** The store, with a record of the last version of each operation. */
function watch(store: OperationStore, latest: Map<string, Operation>): OperationStore {
  return {
    ...store,
    async insert(operation) {
      const result = await store.insert(operation);
      if (result === 'inserted') latest.set(operation.id, operation);
      return result;
    },
    async replace(operation, expectedVersion) {
      const result = await store.replace(operation, expectedVersion);
      if (result === 'replaced') latest.set(operation.id, operation);
      return result;
    },
  };
}

async function outcomeOf(
  store: OperationStore,
  operation: Operation,
  events: readonly PublishedEvent[],
): Promise<OperationOutcome> {
  const key = { tenant: operation.tenant, operationId: operation.id };
  const jobIds: string[] = [];
  for (let number = 0; number < operation.chunks; number += 1)
    jobIds.push(...((await store.getChunk(key, number)) ?? []));
  const { refusals } = await listRefusals({ operations: store }, { key, limit: 1000 });
  return { operation, jobIds, refusals, events: events.filter(({ id }) => id === operation.id) };
}
