import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { actionsOf, type JobAction } from '../../../core/contract/job-actions.ts';
import { isTerminal, type JobStatus, jobStatuses, stateTable } from '../../../core/contract/job-state.ts';
import { problemUri } from '../../../core/contract/problems/problem-types.ts';
import { checkIntervalSeconds } from '../../support/local-service/assembly-changes.ts';
import { startChangedErrand } from '../../support/local-service/changed-errand.ts';
import {
  endedJob,
  type JobBody,
  jobRerunAs,
  reconcileUntilEnded,
  statesOf,
  submitJob,
} from '../../support/local-service/ended-job.ts';
import { expectDocumented } from '../../support/local-service/expect-documented.ts';
import {
  create,
  failingOnce,
  jobIn,
  makeJobIn,
  noRoomForStuck,
  obedientCode,
  registerObedient,
  runningContainer,
  startNothing,
  throwing,
} from '../../support/local-service/job-in-state.ts';
import type { ApiResponse, TestErrand } from '../../support/local-service/local-errand.ts';

type ActionName = JobAction['name'];

let errand: TestErrand;
/** Which events are delivered: all, none that reports a running container, or none that reports that it ever ran. */
let deliveredEvents: 'all' | 'no-running' | 'no-beginning' = 'all';
/** The function that is throttled at its next call. */
let refused: string | undefined;
beforeAll(async () => {
  errand = await startChangedErrand([checkIntervalSeconds(1), ...obedientCode], {
    invocationFaults: ({ functionName }) => {
      if (refused === undefined || !functionName.endsWith(refused)) return undefined;
      refused = undefined;
      return 'throttle';
    },
    batchFaults: {
      attempts: noRoomForStuck,
      events: ({ status }) => {
        if (deliveredEvents !== 'all' && status === 'RUNNING') return { kind: 'drop' };
        return deliveredEvents === 'no-beginning' ? { kind: 'untimed' } : undefined;
      },
    },
  });
  await registerObedient(errand);
});
/** The jobs that a test has created in a state: a container that is left waiting would block all others. */
const made: JobBody[] = [];
afterEach(async () => {
  errand.cloud.faults.clear();
  await Promise.all(made.splice(0).map((job) => post(job, 'abort')));
});
afterAll(() => errand?.end());

const pathOf = (job: JobBody) => `/v1/jobs/${job.id}`;
const get = async (job: JobBody): Promise<ApiResponse> => errand.call(pathOf(job));
const post = (job: JobBody, action: string) => errand.call(`${pathOf(job)}/${action}`, { method: 'POST' });
const patch = (job: JobBody, body: object) => errand.call(pathOf(job), { method: 'PATCH', body });

/** The request of each action, and its operation. */
const asks: Readonly<Record<ActionName, readonly [string, (job: JobBody) => Promise<ApiResponse>]>> = {
  edit: ['editJob', (job) => patch(job, { priority: 7 })],
  start: ['startJob', (job) => post(job, 'start')],
  abort: ['abortJob', (job) => post(job, 'abort')],
  rerun: ['rerunJob', (job) => post(job, 'rerun')],
  delete: ['deleteJob', (job) => errand.call(pathOf(job), { method: 'DELETE' })],
};

async function request(job: JobBody, action: ActionName): Promise<ApiResponse> {
  const [operationId, call] = asks[action];
  return expectDocumented(await call(job), operationId);
}

describe('every action in every state:', () => {
  /** The tried actions, as `<state> <action>`. */
  const tried = new Set<string>();
  const pairsOf = (allowed: boolean) =>
    jobStatuses.flatMap((status) =>
      actionsOf(status)
        .filter((action) => action.allowed === allowed)
        .map(({ name }) => [status, name] as const),
    );

  async function jobFor(status: JobStatus, action: ActionName): Promise<JobBody> {
    const job = await makeJobIn[status](errand);
    made.push(job);
    // The next reconciliation pass would start pending jobs.
    if (status === 'pending') startNothing(errand);
    expect(job).toMatchObject({ status, actions: actionsOf(status) });
    tried.add(`${status} ${action}`);
    return job;
  }

  /** A repeated abort is not allowed, but gets a response. */
  const repeats = pairsOf(false).filter(
    ([status, action]) => action === 'abort' && stateTable[status].abort === 'repeat',
  );
  const isRepeat = ([status, action]: readonly [JobStatus, ActionName]) =>
    repeats.some(([one, other]) => one === status && other === action);
  const refusals = pairsOf(false).filter((pair) => !isRepeat(pair));

  test.each(refusals)(
    'a job that is %s refuses to %s, and reports the allowed actions',
    async (status, action) => {
      const job = await jobFor(status, action);
      const response = await request(job, action);
      expect(response.status).toBe(409);
      if (action === 'start' && status === 'draft') {
        expect(response.body).toMatchObject({ type: problemUri('job-not-ready'), missing: job.missing });
      } else {
        expect(response.body).toMatchObject({ actions: actionsOf(status) });
      }
      expect((await get(job)).body).toMatchObject({ status, version: job.version });
    },
  );

  test.each(repeats)('a job that is %s responds to another %s as to the first', async (status, action) => {
    const job = await jobFor(status, action);
    const response = await request(job, action);
    expect(response.status).toBe(isTerminal(status) ? 200 : 202);
    expect(response.body).toEqual(job);
  });

  const outcomes: Readonly<
    Record<ActionName, (job: JobBody, response: ApiResponse) => Promise<void> | void>
  > = {
    edit: (job, { status, body }) => {
      expect([status, body.priority]).toEqual([200, 7]);
      expect(body).toMatchObject({ status: job.status, version: job.version + 1 });
    },
    start: async (job, { status, body }) => {
      expect([status, body.id]).toEqual([202, job.id]);
      expect(['pending', 'executing']).toContain(body.status);
      await post(job, 'abort');
    },
    abort: async (job, { status, body }) => {
      expect(status).toBe(body.status === 'aborted' ? 200 : 202);
      expect(body).toMatchObject({ id: job.id, abort: { by: 'local' } });
      expect(await endedJob(errand, job.id)).toMatchObject({ status: 'aborted', error: { code: 'aborted' } });
    },
    rerun: async (job, { status, body }) => {
      expect(status).toBe(202);
      expect(body).toMatchObject({ rerunOf: job.id, service: job.service });
      expect(await jobRerunAs(errand, job.id, body.id)).toEqual({
        ...job,
        rerunAs: body.id,
        links: { ...job.links, rerunAs: body.links.self },
        updatedAt: expect.any(String),
        version: job.version + 1,
      });
      await post(body, 'abort');
    },
    delete: async (job, { status, body }) => {
      expect([status, body]).toEqual([204, '']);
      expect((await get(job)).status).toBe(410);
    },
  };

  test.each(pairsOf(true))('a job that is %s lets its owner %s it', async (status, action) => {
    const job = await jobFor(status, action);
    await outcomes[action](job, await request(job, action));
  });

  test('all actions are tried', () => {
    const all = jobStatuses.flatMap((status) => actionsOf(status).map(({ name }) => `${status} ${name}`));
    expect([...tried].sort()).toEqual(all.sort());
  });
});

describe('the transitions', () => {
  const seen = new Set<string>();

  /** The states that a job has been in, checked against the table; its transitions count as covered. */
  async function transitionsOf(job: JobBody): Promise<readonly string[]> {
    const states = await statesOf(errand, job.id);
    for (const [index, to] of states.slice(1).entries()) seen.add(`${states[index]} ${to}`);
    return states;
  }

  async function endsAs(job: JobBody, states: readonly JobStatus[], code?: string): Promise<void> {
    const body = await reconcileUntilEnded(errand, job.id);
    expect(await transitionsOf(job)).toEqual(states);
    expect(body.error?.code).toBe(code);
  }

  test.each<[string, object, readonly JobStatus[], string?]>([
    ['succeeds', { service: 'obedient' }, ['pending', 'executing', 'succeeded']],
    ['throws', throwing, ['pending', 'executing', 'failed'], 'service-failed'],
    ['has no function', { service: 'nowhere' }, ['pending', 'executing', 'error'], 'misconfigured'],
    [
      'fails twice',
      { ...failingOnce, retry: { maxAttempts: 2, backoffSeconds: 0 } },
      ['pending', 'executing', 'retrying', 'executing', 'failed'],
      'service-failed',
    ],
    ['has no container', { service: 'no-container' }, ['pending', 'scheduled', 'error'], 'misconfigured'],
    ['runs in a container', { service: 'container' }, ['pending', 'scheduled', 'executing', 'succeeded']],
    [
      'finds no room for its container, twice',
      { service: 'stuck', queueTimeoutSeconds: 5, retry: { maxAttempts: 2, backoffSeconds: 0 } },
      ['pending', 'scheduled', 'retrying', 'scheduled', 'error'],
      'capacity',
    ],
  ])('are correct for a job that %s', async (_, submission, states, code) => {
    await endsAs(await submitJob(errand, submission), states, code);
  });

  /** Batch does not respond to lookups either. */
  async function endsUnreported(service: string, states: readonly JobStatus[], code?: string): Promise<void> {
    errand.cloud.faults.add({ service: 'batch', action: 'DescribeJobs', kind: 'throttle' });
    try {
      await endsAs(await submitJob(errand, { service }), states, code);
    } finally {
      deliveredEvents = 'all';
    }
  }

  test.each([
    ['completing', 'succeeded', undefined],
    ['failing', 'failed', 'service-failed'],
  ] as const)(
    'are correct for a container whose first reported event is %s',
    async (service, status, code) => {
      deliveredEvents = 'no-running';
      await endsUnreported(service, ['pending', 'scheduled', 'executing', status], code);
    },
  );

  test.each([
    ['silent', 'succeeded', undefined],
    ['crashing', 'failed', 'service-failed'],
  ] as const)(
    'are correct for a %s container whose start is never reported',
    async (service, status, code) => {
      deliveredEvents = 'no-beginning';
      await endsUnreported(service, ['pending', 'scheduled', status], code);
    },
  );

  test.each([
    ['has no room', { service: 'stuck' }, ['pending', 'scheduled']],
    ['runs', runningContainer, ['pending', 'scheduled', 'executing']],
  ] as const)(
    'are correct for a job that is aborted while its container %s',
    async (_, submission, before) => {
      const job = await jobIn(errand, (await submitJob(errand, submission)).id, before.at(-1) ?? 'pending');
      expect((await post(job, 'abort')).body.status).toBe('aborting');
      await endsAs(job, [...before, 'aborting', 'aborted'], 'aborted');
    },
  );

  test.each([
    ['obedient', 'errand-service-obedient', 'executing', ['executing', 'succeeded']],
    ['container', 'errand-submit-batch', 'scheduled', ['scheduled', 'executing', 'succeeded']],
  ] as const)(
    'are correct for a job of %s whose attempt is released once for lack of capacity by %s',
    async (service, functionName, claimed, after) => {
      refused = functionName;
      await endsAs(await submitJob(errand, { service }), ['pending', claimed, 'pending', ...after]);
    },
  );

  test('are correct for a job that nothing starts in time', async () => {
    startNothing(errand);
    const job = await submitJob(errand, { service: 'obedient', queueTimeoutSeconds: 1 });
    await endsAs(job, ['pending', 'error'], 'queue-timeout');
  });

  test('are correct for a job whose retry nothing starts in time', async () => {
    const submission = {
      ...failingOnce,
      parameters: { fault: 'busy', seconds: 1 },
      retry: { maxAttempts: 2, backoffSeconds: 0 },
      // The first attempt must be claimed within it.
      queueTimeoutSeconds: 5,
    };
    const job = await jobIn(errand, (await submitJob(errand, submission)).id, 'executing');
    startNothing(errand);
    await endsAs(job, ['pending', 'executing', 'retrying', 'error'], 'queue-timeout');
  });

  test.each(['draft', 'ready', 'waiting', 'pending', 'executing', 'retrying'] as const)(
    'are correct for a job that is aborted while it is %s',
    async (status) => {
      const job = await makeJobIn[status](errand);
      made.push(job);
      if (status === 'pending') startNothing(errand);
      const before = await statesOf(errand, job.id);
      expect((await post(job, 'abort')).status).toBe(200);
      expect(await transitionsOf(job)).toEqual([...before, 'aborted']);
    },
  );

  test('are correct for a draft that becomes ready, a draft again, ready and started', async () => {
    const job = await create(errand, { start: false });
    for (const [service, status] of [
      ['obedient', 'ready'],
      [null, 'draft'],
      ['obedient', 'ready'],
    ] as const)
      expect((await patch(job, { service })).body.status).toBe(status);
    expect((await post(job, 'start')).status).toBe(202);
    await endsAs(job, ['draft', 'ready', 'draft', 'ready', 'pending', 'executing', 'succeeded']);
  });

  test('are correct for a job that waits for one that succeeds', async () => {
    const needed = await submitJob(errand, { service: 'obedient', parameters: { seconds: 1 } });
    const job = await submitJob(errand, { service: 'obedient', dependsOn: [needed.id] });
    await endsAs(job, ['waiting', 'pending', 'executing', 'succeeded']);
  });

  test('are correct for a draft that waits, when it is started, for one that fails', async () => {
    const slowly = { ...throwing, parameters: { fault: 'throw', seconds: 1 } };
    const needed = await submitJob(errand, slowly);
    const job = await create(errand, { service: 'obedient', dependsOn: [needed.id], start: false });
    await post(job, 'start');
    await endsAs(job, ['ready', 'waiting', 'error'], 'dependency-failed');
  });

  test('are correct for a job that reuses the result of another one', async () => {
    const body = {
      parameters: {},
      deterministic: true,
      dispatcher: { kind: 'lambda', functionName: 'errand-service-obedient' },
    };
    expect((await errand.call('/v1/services/exact/versions/1.0.0', { method: 'PUT', body })).status).toBe(
      201,
    );
    await endsAs(await submitJob(errand, { service: 'exact' }), ['pending', 'executing', 'succeeded']);
    const reuse = { service: 'exact', reuse: { maxAgeSeconds: 60 } };
    await endsAs((await errand.call('/v1/jobs', { body: reuse })).body, ['pending', 'succeeded']);
  });

  test('are all covered', () => {
    const all = jobStatuses.flatMap((from) => stateTable[from].transitions.map((to) => `${from} ${to}`));
    expect([...seen].sort()).toEqual(all.sort());
  });
});
