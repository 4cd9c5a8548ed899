import type { Submission } from '../../../core/contract/schemas/submission-schemas.ts';
import { editJob } from '../../../core/jobs/submission/edit-job.ts';
import { requestFingerprint } from '../../../core/jobs/submission/request-fingerprint.ts';
import { startJob } from '../../../core/jobs/submission/start-job.ts';
import { type SubmittedJob, submitJob } from '../../../core/jobs/submission/submit-job.ts';
import { anySubmission } from '../any-submission.ts';
import { untilServed } from '../until-served.ts';
import type { World } from '../world.ts';

/** The requests of a client and their responses. */
export interface Client {
  /** Name of its jobs. */
  readonly name: string;
  /** True for a client that only creates sub-jobs of a job that is being aborted. */
  readonly isChild: boolean;
  readonly hasKey: boolean;
  /** One entry for each response with a job; empty when the request was refused. */
  readonly results: ReadonlyArray<Pick<SubmittedJob, 'replayed'> & { readonly jobId: string }>;
  readonly submission: Submission;
}

/**
 * A client that submits one job and retries until it receives an id or a final refusal: its dependencies can have
 * ended or been deleted. With an idempotency key it can send several requests at once. A failed request can still have
 * created a job. It edits a job that it created as a draft, and usually starts it.
 */
export async function simulateClient(world: World, name: string, known: readonly string[]): Promise<Client> {
  const { random, time } = world;
  const hasKey = random.happens(0.5);
  await time.sleep(random.whole(0, random.happens(0.5) ? 300_000 : 50));
  const use = {
    usesSketch: world.replacesDefinitions,
    data: world.hasData ? world.process.knownData : undefined,
  };
  const submission = { ...anySubmission(random, known, use), name };
  const input = requestOf({ name, hasKey, submission });
  const submit = async () => {
    await time.sleep(random.whole(0, random.happens(0.3) ? 300_000 : 50));
    const received = await untilServed(() => submitJob(world.ports(), input));
    return received === 'refused' ? [] : [{ jobId: received.job.id, replayed: received.replayed }];
  };
  const results = (await Promise.all(Array.from({ length: hasKey ? random.whole(1, 3) : 1 }, submit))).flat();
  const [first] = results;
  if (submission.start === false && first !== undefined) await finishDraft(world, first.jobId, submission);
  return { name, hasKey, results: results, submission, isChild: false };
}

function requestOf({ name, hasKey, submission }: Pick<Client, 'name' | 'hasKey' | 'submission'>) {
  const fingerprint = requestFingerprint('submitJob', JSON.parse(JSON.stringify(submission)));
  const idempotency = hasKey ? { key: name, fingerprint } : undefined;
  return { tenant: 'local', owner: 'client', submission, idempotency };
}

/** A client that repeats its request under its key, whatever happened to the job; returns the id in the response, if any. */
export async function askAgain(world: World, client: Client): Promise<string | undefined> {
  if (!client.hasKey) return undefined;
  const received = await untilServed(() => submitJob(world.ports(), requestOf(client)));
  return received === 'refused' ? undefined : received.job.id;
}

/** Clients that create sub-jobs of a job, each some time before, during or after its abort. */
export async function simulateFamily(
  world: World,
  { name, parentId }: { readonly name: string; readonly parentId: string },
): Promise<readonly Client[]> {
  const { random, time } = world;
  const children = Array.from({ length: random.whole(0, 3) }, async (_, index): Promise<Client> => {
    await time.sleep(random.whole(0, 30_000));
    const submission = { service: 'echo', parentId, name: `${name}-${index}` };
    const input = { tenant: 'local', owner: 'client', submission };
    const received = await untilServed(() => submitJob(world.ports(), input));
    const results = received === 'refused' ? [] : [{ jobId: received.job.id, replayed: received.replayed }];
    return { name: submission.name, hasKey: false, results, submission, isChild: true };
  });
  return Promise.all(children);
}

async function finishDraft(world: World, jobId: string, { parameters }: Submission): Promise<void> {
  const { random, time } = world;
  const key = { tenant: 'local', jobId };
  for (let edits = random.whole(0, 2); edits > 0; edits -= 1) {
    await time.sleep(random.whole(0, 20_000));
    const edit = random.happens(0.5) ? { parameters: parameters ?? {} } : { tags: [`t${edits}`] };
    await untilServed(() => editJob(world.ports(), { key, edit, meetsPrecondition: () => true }));
  }
  if (random.happens(0.3)) return;
  await untilServed(() => startJob(world.ports(), { key }));
}
