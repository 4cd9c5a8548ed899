import { describe, expect, test } from 'vitest';
import type { ProblemSlug } from '../../../../core/contract/problems/problem-types.ts';
import { reconcileJob } from '../../../../core/jobs/reconciler/reconcile-job.ts';
import { requestFingerprint } from '../../../../core/jobs/submission/request-fingerprint.ts';
import { type SubmitJobDeps, submitJob } from '../../../../core/jobs/submission/submit-job.ts';
import { markUsed } from '../../../../core/services/mark-used.ts';
import { executingJob } from '../../../support/jobs/executing-job.ts';
import { checkJob } from '../../../support/jobs/job-invariants.ts';
import { endedJob, reconcileAfterMs, someTime } from '../../../support/jobs/jobs.ts';
import { aService, testDeps } from '../../../support/jobs/test-deps.ts';
import { type Death, dyingProcess, ProcessDied } from '../../../support/memory/dying-process.ts';

const days = 86_400_000;

/** Its defaults fill in a value, so that the request is stored beside the parameters. */
const definition = {
  parameters: {
    type: 'object',
    properties: { text: { type: 'string' }, size: { default: 5 } },
  },
};

type Deps = ReturnType<typeof testDeps>;
type Body = Parameters<typeof submitJob>[1]['submission'];
const body: Body = { service: 'echo', parameters: { text: 'x'.repeat(5000) } };

async function world() {
  const deps = testDeps();
  const service = aService(definition);
  await deps.services.insert(service);
  await markUsed(deps, service);
  return deps;
}

interface Submission {
  readonly key?: string | undefined;
  readonly tenant?: string;
  readonly body?: Body;
  readonly traceparent?: string;
}

/** One try of a submission, by a process with these ports. */
function submit(deps: SubmitJobDeps, asked: Submission = {}) {
  const { key = 'k', tenant = 'local', body: submission = body, traceparent } = asked;
  const fingerprint = requestFingerprint('submitJob', JSON.parse(JSON.stringify(submission)));
  return submitJob(deps, {
    tenant,
    owner: 'key-1',
    submission,
    traceparent,
    idempotency: 'key' in asked && asked.key === undefined ? undefined : { key, fingerprint },
  });
}

async function storedJobs(deps: Deps, tenant = 'local') {
  return (await deps.jobs.list({ tenant, limit: 100 })).jobs;
}

function refusal(slug: ProblemSlug) {
  return expect.objectContaining({ slug });
}

/** The names of the calls that a try makes to the stores. */
async function callsOf(deps: Deps, asked: Submission) {
  const calls: string[] = [];
  const spy = <Port extends object>(name: string, port: Port): Port =>
    new Proxy(port, {
      get(target, method, receiver) {
        calls.push(`${name}.${String(method)}`);
        return Reflect.get(target, method, receiver);
      },
    });
  await submit({ ...deps, jobs: spy('jobs', deps.jobs), idempotency: spy('keys', deps.idempotency) }, asked);
  return calls;
}

describe('a submission with an idempotency key', () => {
  test('creates its job at the first try and finds it at the next', async () => {
    const deps = await world();
    const first = await submit(deps);
    const second = await submit(deps);
    expect(first).toMatchObject({ replayed: false, service: { name: 'echo', version: '1.0.0' } });
    expect(second).toEqual({ ...first, replayed: true });
    expect(await storedJobs(deps)).toEqual([first.job]);
    expect(deps.executions.starts).toHaveLength(1);
  });

  test('returns the current state of the job', async () => {
    const deps = await world();
    const { job } = await submit(deps);
    const changed = { ...job, starts: 2, version: 2 };
    await deps.jobs.replace(changed, 1);
    expect((await submit(deps)).job).toEqual(changed);
  });

  test('makes one call more than a submission without a key, and none of them is a read', async () => {
    const deps = await world();
    expect(await callsOf(deps, { key: undefined })).toEqual(['jobs.insert']);
    expect(await callsOf(deps, { key: 'new' })).toEqual(['keys.remember', 'jobs.insert']);
    expect(await callsOf(deps, { key: 'new' })).toEqual(['keys.remember', 'jobs.get']);
  });

  test('returns the job of a faster repetition, and does not start it again', async () => {
    const deps = await world();
    const faster: Awaited<ReturnType<typeof submit>>[] = [];
    const insert: typeof deps.jobs.insert = async (job) => {
      faster.push(await submit(deps));
      return deps.jobs.insert(job);
    };
    const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
    const slow = await submit({ ...deps, jobs: { ...deps.jobs, insert } }, { traceparent });
    expect(faster).toMatchObject([{ replayed: true }]);
    expect(slow).toMatchObject({ job: faster[0]?.job, replayed: false });
    expect(slow.job.traceparent).not.toBe(traceparent);
    expect(deps.executions.starts).toHaveLength(1);
  });

  test('is refused when its key was used with another body, and creates nothing', async () => {
    const deps = await world();
    const { job } = await submit(deps);
    const other = { ...body, tags: ['other'] };
    await expect(submit(deps, { body: other })).rejects.toThrow(refusal('idempotency-key-reused'));
    expect(await storedJobs(deps)).toEqual([job]);
  });

  test('is refused for its key before it is refused for its body', async () => {
    const deps = await world();
    await submit(deps);
    const bad = submit(deps, { body: { service: 'echo', parameters: 'no object' } });
    await expect(bad).rejects.toThrow(refusal('idempotency-key-reused'));
  });

  test('creates a job in each tenant that uses the key', async () => {
    const deps = await world();
    const foreign = aService(definition, { tenant: 'other' });
    await deps.services.insert(foreign);
    const [ours, theirs] = [await submit(deps), await submit(deps, { tenant: 'other' })];
    expect(theirs.replayed).toBe(false);
    expect(await storedJobs(deps)).toEqual([ours.job]);
    expect(await storedJobs(deps, 'other')).toEqual([theirs.job]);
  });

  test('creates another job when the key is older than seven days', async () => {
    const deps = await world();
    const { job } = await submit(deps);
    await deps.clock.sleep(7 * days - 1);
    expect((await submit(deps)).job.id).toBe(job.id);
    await deps.clock.sleep(1001);
    const late = await submit(deps);
    expect(late).toMatchObject({ replayed: false });
    expect(late.job.id).not.toBe(job.id);
  });
});

describe('a submission that is refused does not consume its key', () => {
  test.each<[ProblemSlug, Body]>([
    ['invalid-request', { ...body, metadata: { text: 'x'.repeat(4096) } }],
    ['invalid-parameters', { ...body, parameters: [] }],
    ['service-not-found', { ...body, service: 'ecko' }],
  ])('for %s', async (slug, bad) => {
    const deps = await world();
    await expect(submit(deps, { body: bad })).rejects.toThrow(refusal(slug));
    expect(await deps.idempotency.find({ tenant: 'local', key: 'k' }, someTime)).toBeUndefined();
    expect(await submit(deps)).toMatchObject({ replayed: false });
  });

  test('for a definition that changed between the check and the mark', async () => {
    const deps = testDeps();
    const service = aService(definition);
    await deps.services.insert(service);
    const stricter = { ...service.definition, parameters: { type: 'number' } };
    const replace: typeof deps.services.replace = async (next, revision) => {
      await deps.services.replace({ ...service, definition: stricter, revision: 2 }, 1);
      return deps.services.replace(next, revision);
    };
    const racing = { ...deps, services: { ...deps.services, replace } };
    await expect(submit(racing)).rejects.toThrow(refusal('invalid-parameters'));
    expect(await deps.idempotency.find({ tenant: 'local', key: 'k' }, someTime)).toBeUndefined();
  });
});

describe('a submission that is refused after its key was stored', () => {
  /** A parent that ends after it was checked and before the sub-job is registered with it. */
  async function endingParent() {
    const deps = await world();
    const parent = executingJob();
    await deps.jobs.insert(parent);
    const ended = endedJob('succeeded', { id: parent.id, version: parent.version + 1 });
    const jobs: typeof deps.jobs = {
      ...deps.jobs,
      async get(key) {
        const found = await deps.jobs.get(key);
        if (found?.status === 'executing') await deps.jobs.replace(ended, parent.version);
        return found;
      },
    };
    return { deps, racing: { ...deps, jobs }, asked: { body: { ...body, parentId: parent.id } } };
  }

  test('keeps the key, because another try of the same request may be creating the job', async () => {
    const { deps, racing, asked } = await endingParent();
    await expect(submit(racing, asked)).rejects.toThrow(refusal('parent-ended'));
    await expect(submit(deps, asked)).rejects.toThrow(refusal('parent-ended'));
    await expect(submit(deps)).rejects.toThrow(refusal('idempotency-key-reused'));
  });
});

describe('a repeated submission', () => {
  test.each(['echo', 'echo@^1'])(
    'finds its job when %s now selects another version, which stays unused',
    async (service) => {
      const deps = await world();
      const asked = { body: { ...body, service } };
      const { job } = await submit(deps, asked);
      await deps.services.insert(aService({ parameters: { type: 'number' } }, { version: '1.1.0' }));
      expect(await submit(deps, asked)).toMatchObject({ job, replayed: true, service: { version: '1.0.0' } });
      expect(await deps.services.get({ tenant: 'local', name: 'echo', version: '1.1.0' })).toMatchObject({
        used: false,
      });
    },
  );

  test('finds its job when a newer version also accepts its parameters, and that version stays unused', async () => {
    const deps = await world();
    const asked = { body: { ...body, service: 'echo@^1' } };
    const { job } = await submit(deps, asked);
    await deps.services.insert(aService(definition, { version: '1.1.0' }));
    expect(await submit(deps, asked)).toMatchObject({ job, replayed: true, service: { version: '1.0.0' } });
    const [newer] = (await deps.services.list({ tenant: 'local', name: 'echo', limit: 10 })).services.filter(
      ({ used }) => !used,
    );
    expect(newer?.version).toBe('1.1.0');
  });

  test('is refused like a new submission when the first try created no job', async () => {
    const deps = await world();
    const asked = { body: { ...body, service: 'echo' } };
    const dying = dyingProcess(deps, ['jobs'], { atCall: 1, effect: false });
    await expect(submit(dying.deps, asked)).rejects.toThrow(ProcessDied);
    await deps.services.insert(aService({}, { version: '1.1.0' }));
    await expect(submit(deps, asked)).rejects.toThrow(refusal('ambiguous-version'));
    expect(await storedJobs(deps)).toEqual([]);
  });
});

describe('a first try that dies at any of its calls', () => {
  const ports = ['jobs', 'services', 'objects', 'executions', 'idempotency'] as const;

  async function dyingTry(deps: Deps, death: Death, asked: Submission = {}) {
    const dying = dyingProcess(deps, ports, death);
    const outcome = await submit(dying.deps, asked).catch((error: unknown) => {
      if (!(error instanceof ProcessDied)) throw error;
    });
    return { outcome, calls: dying.calls() };
  }

  const neverDies = { atCall: Number.POSITIVE_INFINITY, effect: true };

  /** All points of death: before or after the effect of each call. */
  async function deaths(): Promise<readonly Death[]> {
    const { calls } = await dyingTry(await world(), neverDies);
    expect(calls, 'a version, a key, two payloads, a job and a start').toBeGreaterThanOrEqual(6);
    return Array.from({ length: calls }, (_, index) => index + 1).flatMap((atCall) => [
      { atCall, effect: false },
      { atCall, effect: true },
    ]);
  }

  test('leaves neither a duplicate nor a lost job', async () => {
    for (const death of await deaths()) {
      const deps = await world();
      const { outcome } = await dyingTry(deps, death);
      const known = await deps.idempotency.find({ tenant: 'local', key: 'k' }, someTime);
      const { job, replayed } = await submit(deps);
      const what = JSON.stringify(death);
      expect(replayed, what).toBe(known !== undefined);
      expect(job.id, what).toBe(known?.jobId ?? job.id);
      expect(outcome?.job.id ?? job.id, what).toBe(job.id);
      expect(await storedJobs(deps), what).toEqual([job]);
      expect(await submit(deps), what).toMatchObject({ job: { id: job.id }, replayed: true });
      checkJob(job);
    }
  });

  test('leaves neither a duplicate nor a lost job when a second try dies too', async () => {
    const all = await deaths();
    for (const first of all) {
      for (const second of all) {
        const deps = await world();
        const tries = [
          await dyingTry(deps, first),
          await dyingTry(deps, second),
          await dyingTry(deps, neverDies),
        ];
        const ids = tries.flatMap(({ outcome }) => (outcome === undefined ? [] : [outcome.job.id]));
        expect(new Set(ids).size, JSON.stringify([first, second])).toBe(1);
        expect((await storedJobs(deps)).map(({ id }) => id)).toEqual([ids[0]]);
      }
    }
  });
});

describe('a job that a repetition creates much later', () => {
  async function lateJob(hours: number) {
    const deps = await world();
    const dying = dyingProcess(deps, ['jobs'], { atCall: 1, effect: false });
    await expect(submit(dying.deps)).rejects.toThrow(ProcessDied);
    const known = await deps.idempotency.find({ tenant: 'local', key: 'k' }, someTime);
    await deps.clock.sleep(hours * 3_600_000);
    return { deps, known, now: deps.clock.now(), ...(await submit(deps)) };
  }

  test('has the ID and the time of the request, starts to wait at its creation, and is started', async () => {
    const { deps, known, now, job, replayed } = await lateJob(30);
    checkJob(job);
    expect(replayed).toBe(true);
    expect(job).toMatchObject({
      id: known?.jobId,
      requestedAt: someTime,
      updatedAt: now,
      nextCheckAt: now + reconcileAfterMs,
      transitions: [{ status: 'pending', at: now, attempt: 0 }],
    });
    expect(deps.executions.starts).toMatchObject([{ jobId: job.id, attempt: 1, start: 1 }]);
  });

  test('has its full time limits', async () => {
    const { job, now } = await lateJob(30);
    const checkAt = (after: number) =>
      reconcileJob(job, { now: now + after * 1000, reconcileAfterMs, jitter: 1 }).result.cause;
    expect([checkAt(60), checkAt(3599), checkAt(3600), checkAt(86_400)]).toEqual([
      'not-started',
      'not-started',
      'queue-timeout',
      'timeout',
    ]);
  });

  test('waits from the request at the earliest, also when the clock of the repetition is behind', async () => {
    const { job } = await lateJob(-0.001);
    checkJob(job);
    expect(job.transitions).toEqual([{ status: 'pending', at: someTime, attempt: 0 }]);
  });
});
