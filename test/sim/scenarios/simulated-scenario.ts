import { isTerminal } from '../../../core/contract/job-state.ts';
import { ProblemError } from '../../../core/contract/problems/problem-error.ts';
import { uploadLifetimeMs } from '../../../core/data/insert-data.ts';
import { startJob } from '../../../core/jobs/submission/start-job.ts';
import { submitJob } from '../../../core/jobs/submission/submit-job.ts';
import { passOverData } from '../data/simulated-pass.ts';
import { simulateCompletion, simulateCreation, simulateUpload, transfer } from '../data/simulated-upload.ts';
import { dyingAfter, unlessInjected } from '../faulty.ts';
import type { Client } from '../simulated/simulated-client.ts';
import { type Deletion, simulateDelete } from '../simulated/simulated-delete.ts';
import { untilServed } from '../until-served.ts';
import type { World } from '../world.ts';
import { simulateDataDelete } from './simulated-data-delete.ts';

/** What the callers of a scenario did with jobs. */
export interface Scenario {
  readonly clients: Client[];
  readonly deletions: Deletion[];
  /** What remains to do days later, when all jobs have ended. */
  readonly later?: () => Promise<void>;
}

interface Plot {
  readonly world: World;
  readonly name: string;
  readonly scenario: Scenario;
}

export interface Scenarios {
  /** Whether all scenarios are over, except for what remains to do days later. */
  isQuiet(): boolean;
  isOver(): boolean;
}

/** Starts the scenarios; `onQuiet` receives what the callers of each did with jobs. */
export function startScenarios(
  world: World,
  count: number,
  onQuiet: (scenario: Scenario) => void,
): Scenarios {
  let [quiet, over] = [0, 0];
  for (let index = 0; index < count; index += 1)
    world.time.spawn(async () => {
      const scenario = await simulateScenario(world, `scenario-${index}`);
      onQuiet(scenario);
      quiet += 1;
      await scenario.later?.();
      over += 1;
    });
  return { isQuiet: () => quiet === count, isOver: () => over === count };
}

/** One of several scenarios about data objects, in which calls meet that exclude each other. */
async function simulateScenario(world: World, name: string): Promise<Scenario> {
  const { random, time } = world;
  await time.sleep(random.whole(0, 400_000));
  const scenario: Scenario = { clients: [], deletions: [] };
  const kind = random.fraction();
  if (kind < 0.35) await compete({ world, name, scenario });
  else if (kind < 0.75) await chain({ world, name, scenario });
  else if (kind < 0.85) await expire({ world, name, scenario });
  else return { ...scenario, later: await abandon(world, name) };
  return scenario;
}

/** A job is submitted with an object while the object is being deleted. */
async function compete(plot: Plot): Promise<void> {
  const { world, name } = plot;
  const dataId = await simulateUpload(world.process, name);
  if (dataId === undefined) return;
  world.process.knownData.push(dataId);
  const isDraft = world.random.happens(0.3);
  await Promise.all([
    jitter(world).then(() => (isDraft ? draftWith(plot, dataId) : submitWith(plot, [dataId]))),
    jitter(world).then(() => simulateDataDelete(world.process, dataId)),
  ]);
  if (world.random.happens(0.5)) await simulateDataDelete(world.process, dataId);
}

/** A job writes outputs, which another job uses; both are deleted with data, the first one while the second is being submitted. */
async function chain(plot: Plot): Promise<void> {
  const { world, name } = plot;
  const { random, time } = world;
  const input = random.happens(0.5) ? await simulateUpload(world.process, name) : undefined;
  const writerId = await submitWith(plot, input === undefined ? [] : [input]);
  if (writerId === undefined) return;
  await untilEnded(world, writerId);
  const outputs = world.data
    .objects()
    .filter(
      ({ origin, status }) => origin.kind === 'job' && origin.jobId === writerId && status === 'available',
    );
  const chosen = [...outputs.slice(0, 1).map(({ id }) => id), ...(input === undefined ? [] : [input])];
  const [userId] = await Promise.all([
    jitter(world).then(() => (chosen.length === 0 ? undefined : submitWith(plot, chosen))),
    jitter(world).then(() => removeJob(plot, writerId)),
  ]);
  if (userId === undefined || random.happens(0.3)) return;
  await untilEnded(world, userId);
  await time.sleep(random.whole(0, 60_000));
  await removeJob(plot, userId);
}

/** An object expires while a job is submitted with it. */
async function expire(plot: Plot): Promise<void> {
  const { world, name } = plot;
  const { random, time } = world;
  const expiresAt = time.now() + random.whole(120_000, 600_000);
  const dataId = await simulateUpload(world.process, name, expiresAt);
  if (dataId === undefined) return;
  if (random.happens(0.3)) await submitWith(plot, [dataId]);
  const untilExpiry = () => time.sleep(Math.max(0, expiresAt - time.now() + random.whole(-500, 3000)));
  await Promise.all([
    untilExpiry().then(() => submitWith(plot, [dataId])),
    untilExpiry().then(() => passOverData(world)),
  ]);
}

/** An upload that is not completed in time; some clients try to complete it in the last moment, or delete it. */
async function abandon(world: World, name: string): Promise<() => Promise<void>> {
  const { random, time } = world;
  const created = await simulateCreation(world.process, name);
  if (created === undefined) return async () => {};
  const first = random.happens(0.7) ? await transfer(world.process, created.id) : undefined;
  if (random.happens(0.3)) {
    await time.sleep(random.whole(0, 900_000));
    await simulateDataDelete(world.process, created.id);
    if (random.happens(0.5) && first !== undefined) await simulateCompletion(world.process, first);
  }
  const endsAt = time.now() + uploadLifetimeMs;
  return async () => {
    if (random.happens(0.3)) return;
    await time.sleep(Math.max(0, endsAt - time.now() - 60_000));
    const second = first ?? (await transfer(world.process, created.id));
    const atEnd = () => time.sleep(Math.max(0, endsAt - time.now() + random.whole(-1000, 4000)));
    await Promise.all([
      atEnd().then(() => second && simulateCompletion(world.process, second)),
      atEnd().then(() => passOverData(world)),
      atEnd().then(() => passOverData(world)),
    ]);
  };
}

/** Submits a draft with an input while the deletion of the input may be interrupted, and starts it, or deletes it if it cannot start. */
async function draftWith(plot: Plot, dataId: string): Promise<string | undefined> {
  const { world } = plot;
  const { random, time } = world;
  if (random.happens(0.7)) await time.sleep(random.whole(0, 40_000));
  const jobId = await submitWith(plot, [dataId], { start: false });
  if (jobId === undefined) return undefined;
  await time.sleep(random.whole(0, 60_000));
  const started = await untilServed(() => startJob(world.ports(), { key: { tenant: 'local', jobId } }));
  if (started === 'refused') await removeJob(plot, jobId);
  return jobId;
}

/** Submits a job with inputs, until a response, or by a process that may die, after which nobody repeats the request. */
async function submitWith(
  { world, name, scenario }: Plot,
  dataIds: readonly string[],
  given: { readonly start?: false } = {},
): Promise<string | undefined> {
  const { random } = world;
  const submission = {
    service: random.happens(0.75) ? 'press' : 'mill',
    name: `${name}-${scenario.clients.length}`,
    inputs: { in: [...dataIds] },
    attemptTimeoutSeconds: 120,
    timeoutSeconds: 1500,
    ...given,
  };
  const client = { name: submission.name, hasKey: false, submission, isChild: true };
  const submit = (ports = world.ports()) =>
    submitJob(ports, { tenant: 'local', owner: 'client', submission });
  const received = random.happens(0.3)
    ? await unlessInjected(submit(dyingAfter(world.ports(), random.whole(0, 12))).catch(catchRefusal))
    : await untilServed(submit);
  const isCreated = received !== undefined && received !== 'refused';
  const results = isCreated ? [{ jobId: received.job.id, replayed: received.replayed }] : [];
  scenario.clients.push({ ...client, results });
  return results[0]?.jobId;
}

function catchRefusal(error: unknown): 'refused' {
  if (error instanceof ProblemError) return 'refused';
  throw error;
}

async function removeJob({ world, scenario }: Plot, jobId: string): Promise<void> {
  scenario.deletions.push(await simulateDelete(world, jobId));
}

async function untilEnded({ store, time }: World, jobId: string): Promise<void> {
  const isEnded = () => store.jobs().some(({ id, status }) => id === jobId && isTerminal(status));
  while (!isEnded()) await time.sleep(5000);
}

/** Lets other tasks run first, so that two calls meet at any of their steps. */
async function jitter({ random, time }: World): Promise<void> {
  for (let left = random.whole(0, 25); left > 0; left -= 1) await time.turn();
}
