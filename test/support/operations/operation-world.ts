import type { PublishedEvent } from '../../../core/contract/schemas/event-schemas.ts';
import { type ActOnJobsInput, actOnJobs } from '../../../core/operations/act-on-jobs.ts';
import type { Operation } from '../../../core/operations/model/operation.ts';
import { resendOperations } from '../../../core/operations/resend-operations.ts';
import { runOperation } from '../../../core/operations/work/run-operation.ts';
import type { OperationKey } from '../../../core/ports/operations/operation-store.ts';
import { jobIdAt } from '../jobs/job-id.ts';
import { aJob, endedJob, someTime } from '../jobs/jobs.ts';
import { aService, testDeps } from '../jobs/test-deps.ts';

interface Message extends OperationKey {
  readonly visibleAt: number;
}

/** All ports of operations in memory; `messages` are those that the queue has not delivered. */
export function operationDeps() {
  const deps = testDeps();
  const messages: Message[] = [];
  const events: PublishedEvent[] = [];
  return {
    ...deps,
    operationQueue: {
      async send(key: OperationKey, delaySeconds: number) {
        messages.push({ ...key, visibleAt: deps.clock.now() + delaySeconds * 1000 });
      },
    },
    bus: {
      async publish(published: readonly PublishedEvent[]): Promise<readonly PublishedEvent[]> {
        events.push(...published);
        return [];
      },
    },
    isTransient: (error: unknown) => error instanceof Error && error.name === 'ThrottlingException',
    messages,
    events,
  };
}

export type OperationDeps = ReturnType<typeof operationDeps>;

/** A tenant with jobs, ended or pending, all with the tag `some`. */
export async function operationWorld(
  statuses: ReadonlyArray<'succeeded' | 'failed' | 'aborted' | 'pending'>,
) {
  const deps = operationDeps();
  await deps.services.insert(aService({}, { used: true }));
  const jobs = statuses.map((status, index) => {
    const given = { id: jobIdAt(someTime - 60_000, BigInt(index)), tags: ['some'] };
    return status === 'pending' ? aJob(given) : endedJob(status, given);
  });
  for (const job of jobs) await deps.jobs.insert(job);
  return { deps, jobs };
}

/** Requests an operation on all jobs with the tag `some`. */
export async function startOperation(
  deps: Parameters<typeof actOnJobs>[0],
  work: ActOnJobsInput['work'],
  given: Partial<ActOnJobsInput> = {},
): Promise<Operation> {
  const filter = { tag: 'some' };
  const { operation } = await actOnJobs(deps, {
    tenant: 'local',
    owner: 'key-1',
    work,
    jobs: { filter, requested: filter },
    ...given,
  });
  return operation;
}

const budgetMs = 20_000;

/** Delivers the messages and lets the reconciler pass, until no operation needs either; then the clock has advanced. */
export async function workUntilIdle(
  deps: OperationDeps,
  run: typeof runOperation = runOperation,
  maxRounds = 200,
): Promise<void> {
  for (let round = 0; round < maxRounds; round += 1) {
    const message = deps.messages.shift();
    if (message !== undefined) {
      await deps.clock.sleep(Math.max(0, message.visibleAt - deps.clock.now()));
      await run(deps, message, { budgetEndsAt: deps.clock.now() + budgetMs });
      continue;
    }
    if ((await deps.operations.listDue(Number.MAX_SAFE_INTEGER, 1)).length === 0) return;
    await deps.clock.sleep(60_000);
    await resendOperations(deps);
  }
  throw new Error(`The operations are not idle after ${maxRounds} rounds`);
}

/** The operation as it is stored. */
export async function storedOperation(
  deps: Pick<OperationDeps, 'operations'>,
  { tenant, id }: Operation,
): Promise<Operation> {
  const stored = await deps.operations.get({ tenant, operationId: id });
  if (stored === undefined) throw new Error(`The operation ${id} is not stored`);
  return stored;
}

/** The ports with a clock that advances by a millisecond with every reading, so that a budget ends after some steps. */
export function tickingDeps<Deps extends OperationDeps>(deps: Deps): Deps {
  let passedMs = 0;
  const now = () => {
    passedMs += 1;
    return deps.clock.now() + passedMs;
  };
  return { ...deps, clock: { ...deps.clock, now } };
}
