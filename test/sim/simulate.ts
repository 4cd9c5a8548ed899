import { isTerminal, isUnstarted } from '../../core/contract/job-state.ts';
import type { JobChange } from '../../core/events/publish-events.ts';
import type { Job } from '../../core/jobs/model/job.ts';
import { reconcile } from '../../core/jobs/reconciler/reconcile.ts';
import type { JobCounter } from '../../core/ports/job-counters.ts';
import { someTime } from '../support/jobs/jobs.ts';
import { type DataOutcome, dataOutcome, isSettled, unsettledIds } from './data/data-outcome.ts';
import { passOverData } from './data/simulated-pass.ts';
import { unlessInjected } from './faulty.ts';
import type { Run } from './process.ts';
import { startScenarios } from './scenarios/simulated-scenario.ts';
import { type Abort, simulateAbort } from './simulated/simulated-abort.ts';
import { askAgain, type Client, simulateClient, simulateFamily } from './simulated/simulated-client.ts';
import { type Deletion, simulateDelete } from './simulated/simulated-delete.ts';
import { simulateTroubledFamily } from './simulated/simulated-family.ts';
import type { LogOutcome } from './simulated/simulated-log.ts';
import { type OperationOutcome, simulatedOperations } from './simulated/simulated-operations.ts';
import { simulateReplacements } from './simulated/simulated-replacements.ts';
import { simulatedStream } from './simulated/simulated-stream.ts';
import { simulatedWebhooks } from './webhooks/simulated-webhooks.ts';
import type { WebhookLedger } from './webhooks/webhook-ledger.ts';
import { type World, worldOf } from './world.ts';

export interface Plan {
  readonly seed: number;
  readonly clients: number;
  /** Probability of a fault at each call of a port, until the faults stop. */
  readonly faultProbability: number;
  /** The time at which the faults stop, after which every job must end. */
  readonly faultsEndAfterSeconds: number;
  /** Whether jobs use a development version, whose definition is replaced meanwhile. */
  readonly replacesDefinitions: boolean;
  /** Number of scenarios about data objects; 0: no job has data objects. */
  readonly scenarios: number;
  /** Whether operations on all jobs run meanwhile. */
  readonly hasOperations: boolean;
  /** Whether there are webhooks. */
  readonly hasWebhooks: boolean;
}

export interface Outcome {
  /** Every job; a deleted job in its last version. */
  readonly jobs: readonly Job[];
  readonly deleted: ReadonlySet<string>;
  readonly clients: readonly Client[];
  readonly aborts: readonly Abort[];
  readonly deletions: readonly Deletion[];
  readonly runs: readonly Run[];
  /** Job and attempt of every start of the attempt state machine, such as `<id>/2`. */
  readonly started: ReadonlySet<string>;
  /** Job and attempt of every function that returned a result to its execution. */
  readonly finished: ReadonlySet<string>;
  /** Whether calls could fail. */
  readonly hadFaults: boolean;
  /** Every write, in order. */
  readonly changes: readonly JobChange[];
  /** Ids of the events that reached the bus. */
  readonly published: readonly string[];
  /** What the event log contains, and what its reader received. */
  readonly eventLog: LogOutcome;
  readonly counters: readonly JobCounter[];
  readonly operations: readonly OperationOutcome[];
  /** Undefined without webhooks. */
  readonly webhooks: WebhookLedger | undefined;
  readonly violations: readonly unknown[];
  /** Undefined without scenarios. */
  readonly data: DataOutcome | undefined;
  /** In milliseconds since 1970. */
  readonly faultsEndAt: number;
}

/** Milliseconds between two reconciliation passes. */
export const passIntervalMs = 60_000;
/** A pass starts no new work after this time. */
const passDurationMs = 50_000;
/** Far beyond every limit: a job that still waits then would wait forever. A draft is kept for 30 days. */
const [longestMilliseconds, longestDraftMilliseconds] = [6 * 3_600_000, 36 * 86_400_000];

/** Milliseconds between two passes while only drafts remain. */
const draftPause = 86_400_000;

/**
 * Lets clients submit jobs of every kind, runs them by state machine and Batch, reads the stream and runs the reconciler,
 * until every job has ended. `trace` receives a line for each call.
 */
export async function simulate(plan: Plan, trace: string[] = []): Promise<Outcome> {
  const faultsEndAt = someTime + plan.faultsEndAfterSeconds * 1000;
  const world = worldOf({ ...plan, hasData: plan.scenarios > 0, faultsEndAt, trace });
  await world.begin();
  const [clients, aborts, deletions]: [Client[], Abort[], Deletion[]] = [[], [], []];
  const known: string[] = [];
  const beRid = async ({ name, submission }: Client, jobId: string) => {
    if (submission.start === false && world.random.happens(0.5)) {
      const family = await simulateTroubledFamily(world, { name, parentId: jobId });
      deletions.push(family.deletion);
      clients.push(...family.clients);
    } else if (world.random.happens(0.25)) {
      await world.time.sleep(world.random.whole(10_000, 900_000));
      deletions.push(await simulateDelete(world, jobId));
    }
  };
  const beClient = async (name: string) => {
    const client = await simulateClient(world, name, known);
    const ids = client.results.map(({ jobId }) => jobId);
    known.push(...ids);
    const unwanted = ids.filter(() => world.random.happens(0.35));
    const batch = await Promise.all(
      unwanted.map(async (jobId) => {
        const children = simulateFamily(world, { name, parentId: jobId });
        return [await simulateAbort(world, jobId), await children] as const;
      }),
    );
    aborts.push(...batch.map(([abort]) => abort));
    clients.push(...batch.flatMap(([, children]) => children));
    for (const jobId of ids.slice(0, 1)) await beRid(client, jobId);
    const again = await askAgain(world, client);
    // A refusal can be temporary, for example when a dependency was about to be deleted: then this is the first response.
    if (again !== undefined && ids.length > 0 && !ids.includes(again))
      throw new Error(`${again}: another job for the same key`);
    clients.push(client);
  };
  for (let index = 0; index < plan.clients; index += 1) world.time.spawn(() => beClient(`client-${index}`));
  const scenarios = startScenarios(world, plan.scenarios, ({ clients: callers, deletions: attempted }) => {
    clients.push(...callers);
    deletions.push(...attempted);
  });
  const { store, time } = world;
  const operations = plan.hasOperations ? simulatedOperations(world) : undefined;
  const webhooks = plan.hasWebhooks ? simulatedWebhooks(world) : undefined;
  const hasFinished = () =>
    scenarios.isQuiet() &&
    clients.filter(({ isChild }) => !isChild).length === plan.clients &&
    operations?.haveEnded() !== false;
  const isOpen = ({ id, status, nextCheckAt }: Job) =>
    !store.deleted.has(id) && (!isTerminal(status) || nextCheckAt !== undefined);
  let [hasOnlyDrafts, draftsWere] = [false, someTime];
  const done = () => {
    const open = store.jobs().filter(isOpen);
    const left = open.find(({ status }) => !isUnstarted(status));
    const isQuiet = hasFinished() && left === undefined;
    const isDataSettled = isQuiet && scenarios.isOver() && isSettled(world);
    hasOnlyDrafts = isQuiet && (open.length > 0 || !isDataSettled);
    // The remaining work of an expired draft follows its end, and the pause in which it expired.
    if (hasOnlyDrafts) draftsWere = time.now() + draftPause;
    const latest = hasOnlyDrafts ? someTime + longestDraftMilliseconds : draftsWere + longestMilliseconds;
    if (time.now() > latest && open.length > 0)
      throw new Error(`${(left ?? open[0])?.id}: waits for ever, ${(left ?? open[0])?.status}`);
    if (time.now() > someTime + 2 * longestDraftMilliseconds && !isDataSettled)
      throw new Error(`${unsettledIds(world)[0]}: is never settled`);
    return hasFinished() && open.length === 0 && isDataSettled;
  };
  // Nothing else happens while a draft is kept whose client never received a response, or data objects have to be removed.
  const pause = (usual: number) => (hasOnlyDrafts && world.faultsAreOver() ? draftPause : usual);
  let isRead = false;
  if (plan.replacesDefinitions) time.spawn(() => simulateReplacements(world));
  time.spawn(() => keepReconciling(world, done, pause));
  time.spawn(async () => {
    await simulatedStream({ ...world, ...webhooks }, done, pause);
    isRead = true;
  });
  let isLogRead = false;
  time.spawn(async () => {
    await world.eventLog.read(world, () => isRead, pause);
    isLogRead = true;
  });
  await time.run(() => webhooks?.isSettled() !== false && done() && isRead && isLogRead);
  return {
    jobs: store.jobs(),
    deleted: store.deleted,
    clients,
    aborts,
    deletions,
    runs: world.runs,
    started: world.started,
    finished: world.finished,
    hadFaults: plan.faultProbability > 0,
    changes: store.changes,
    published: world.published,
    eventLog: world.eventLog.outcome(),
    counters: await world.counters.list({ tenant: 'local', limit: 1000 }),
    violations: [...store.violations, ...world.data.violations],
    data: plan.scenarios === 0 ? undefined : await dataOutcome(world),
    operations: (await operations?.outcomes()) ?? [],
    webhooks: webhooks?.ledger,
    faultsEndAt,
  };
}

/** A long pass overlaps with the next one, and one pass in ten is omitted. */
async function keepReconciling(
  world: World,
  done: () => boolean,
  pause: (usual: number) => number,
): Promise<void> {
  while (!done()) {
    await world.time.sleep(pause(passIntervalMs));
    if (world.random.happens(0.1)) continue;
    const input = { budgetEndsAt: world.time.now() + passDurationMs };
    world.time.spawn(async () => {
      await unlessInjected(reconcile(world.ports(), input));
      if (world.hasData) await passOverData(world);
    });
  }
}
