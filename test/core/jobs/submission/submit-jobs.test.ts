import { describe, expect, test } from 'vitest';
import type { JsonValue } from '../../../../core/contract/json.ts';
import { ProblemError } from '../../../../core/contract/problems/problem-error.ts';
import { requestFingerprint } from '../../../../core/jobs/submission/request-fingerprint.ts';
import type { SubmitJobDeps, SubmittedJob } from '../../../../core/jobs/submission/submit-job.ts';
import { type SubmittedItem, submitJobs } from '../../../../core/jobs/submission/submit-jobs.ts';
import { checkJob } from '../../../support/jobs/job-invariants.ts';
import { someTime } from '../../../support/jobs/jobs.ts';
import { aService, testDeps } from '../../../support/jobs/test-deps.ts';

const days = 86_400_000;
const good = { service: 'echo' };
const named = (name: string) => ({ service: 'echo@1.0.0', name });

async function world() {
  const deps = testDeps();
  await deps.services.insert(
    aService({ parameters: { type: 'object', properties: { size: { type: 'integer' } } } }),
  );
  return deps;
}

function submit(deps: SubmitJobDeps, jobs: readonly JsonValue[], key?: string) {
  const fingerprint = requestFingerprint('submitJobs', { jobs: [...jobs] });
  const idempotency = key === undefined ? undefined : { key, fingerprint };
  return submitJobs(deps, { tenant: 'local', owner: 'key-1', jobs, idempotency });
}

function submittedOf(items: readonly SubmittedItem[]): readonly SubmittedJob[] {
  return items.flatMap((item) => ('submitted' in item ? item.submitted : []));
}

function idsOf(items: readonly SubmittedItem[]): readonly string[] {
  return submittedOf(items).map(({ job }) => job.id);
}

function errorOf(item: SubmittedItem | undefined): unknown {
  return item !== undefined && 'error' in item ? item.error : undefined;
}

async function storedNames(deps: Awaited<ReturnType<typeof world>>) {
  return (await deps.jobs.list({ tenant: 'local', limit: 200 })).jobs.map(({ name }) => name).sort();
}

describe('submitJobs', () => {
  test('creates and starts 100 jobs, and returns them in their order', async () => {
    const deps = await world();
    const names = Array.from({ length: 100 }, (_, index) => `job-${String(index).padStart(3, '0')}`);
    const submitted = submittedOf(await submit(deps, names.map(named)));
    expect(submitted.map(({ job }) => job.name)).toEqual(names);
    for (const { job } of submitted) checkJob(job);
    expect(await storedNames(deps)).toEqual(names);
    expect(new Set(deps.executions.starts.map(({ jobId }) => jobId)).size).toBe(100);
  });

  test('puts the jobs that name no group into the group of the request', async () => {
    const deps = await world();
    const jobs = [good, { ...good, group: 'own' }, { ...good, group: '' }];
    const items = await submitJobs(deps, { tenant: 'local', owner: 'key-1', jobs, group: 'nightly' });
    expect(submittedOf(items).map(({ job }) => job.group)).toEqual(['nightly', 'own']);
    expect(errorOf(items[2])).toMatchObject({ extension: { errors: [{ pointer: '/jobs/2/group' }] } });
    const { jobs: listed } = await deps.jobs.list({ tenant: 'local', group: 'nightly', limit: 5 });
    expect(listed).toHaveLength(1);
  });

  test('refuses a single item, with pointers from the root of the body', async () => {
    const deps = await world();
    const items = await submit(deps, [
      named('a'),
      { service: 'echo', parameters: { size: 'x' } },
      { service: 'ecko' },
      { service: 'echo', surprise: 1, name: '' },
      7,
      { ...good, metadata: { text: 'x'.repeat(5000) } },
      named('b'),
    ]);
    expect(await storedNames(deps)).toEqual(['a', 'b']);
    expect(items.map(errorOf)).toMatchObject([
      undefined,
      {
        slug: 'invalid-parameters',
        message: expect.stringMatching(/^\/jobs\/1\/parameters\/size: /),
        extension: { errors: [{ pointer: '/jobs/1/parameters/size' }] },
      },
      { slug: 'service-not-found', extension: { suggestions: ['echo'] } },
      {
        slug: 'invalid-request',
        message: '2 errors',
        extension: { errors: [{ pointer: '/jobs/3/name' }, { pointer: '/jobs/3/surprise' }] },
      },
      { slug: 'invalid-request', extension: { errors: [{ pointer: '/jobs/4', keyword: 'type' }] } },
      { slug: 'invalid-request', extension: { errors: [{ pointer: '/jobs/5/metadata' }] } },
      undefined,
    ]);
  });

  test('returns the errors when every item is refused', async () => {
    const items = await submit(await world(), [{ service: 'ecko' }, {}]);
    expect(items.map(errorOf)).toEqual([expect.any(ProblemError), expect.any(ProblemError)]);
  });

  test('accepts every job when none can be started', async () => {
    const deps = await world();
    deps.executions.refuse(new Error('no more executions'));
    expect(idsOf(await submit(deps, [good, good]))).toHaveLength(2);
    expect(deps.lines.filter((line) => line === 'start-failed')).toHaveLength(2);
  });

  test('returns the error of an item that could not be stored beside the other items', async () => {
    const deps = await world();
    const insert: typeof deps.jobs.insert = async (job) => {
      if (job.name === 'b') throw new Error('throttled');
      return deps.jobs.insert(job);
    };
    const jobs = { ...deps.jobs, insert };
    const items = await submit({ ...deps, jobs }, ['a', 'b', 'c'].map(named));
    expect(items.map(errorOf)).toEqual([undefined, new Error('throttled'), undefined]);
    expect(await storedNames(deps)).toEqual(['a', 'c']);
  });

  test('fails as a whole when no item could be checked', async () => {
    const deps = await world();
    const insert = () => Promise.reject(new Error('throttled'));
    const jobs = { ...deps.jobs, insert };
    await expect(submit({ ...deps, jobs }, [good, good])).rejects.toThrow('throttled');
    const mixed = await submit({ ...deps, jobs }, [good, {}]);
    expect(mixed.map(errorOf)).toEqual([new Error('throttled'), expect.any(ProblemError)]);
  });

  test('processes at most 10 items at a time', async () => {
    const deps = await world();
    await submit(deps, [good]); // marks the version, which only its first job does
    let [now, peak] = [0, 0];
    const insert: typeof deps.jobs.insert = async (job) => {
      now += 1;
      peak = Math.max(peak, now);
      const outcome = await deps.jobs.insert(job);
      now -= 1;
      return outcome;
    };
    await submit(
      { ...deps, jobs: { ...deps.jobs, insert } },
      Array.from({ length: 50 }, () => good),
    );
    expect(peak).toBe(10);
  });

  test('reads a service and its versions once, when jobs have used it', async () => {
    const deps = await world();
    await submit(deps, [good]);
    const reads: string[] = [];
    const services = {
      ...deps.services,
      get: (key: Parameters<typeof deps.services.get>[0]) => {
        reads.push('get');
        return deps.services.get(key);
      },
      versions: (tenant: string, name: string) => {
        reads.push('versions');
        return deps.services.versions(tenant, name);
      },
    };
    const jobs = Array.from({ length: 30 }, (_, index) => (index % 2 === 0 ? good : named('x')));
    expect(idsOf(await submit({ ...deps, services }, jobs, 'k'))).toHaveLength(30);
    expect(reads.sort()).toEqual(['get', 'versions']);
  });
});

describe('submitJobs under an idempotency key', () => {
  test('returns the same jobs again, each as a replay', async () => {
    const deps = await world();
    const first = await submit(deps, [good, good, {}], 'k');
    const second = await submit(deps, [good, good, {}], 'k');
    expect(idsOf(first)).toHaveLength(2);
    expect(idsOf(second)).toEqual(idsOf(first));
    expect(submittedOf(first).map(({ replayed }) => replayed)).toEqual([false, false]);
    expect(submittedOf(second).map(({ replayed }) => replayed)).toEqual([true, true]);
    expect(await storedNames(deps)).toHaveLength(2);
    expect(errorOf(second[2])).toBeInstanceOf(ProblemError);
  });

  test('creates one set of jobs for many concurrent calls', async () => {
    const deps = await world();
    const answers = await Promise.all([1, 2, 3].map(() => submit(deps, [good, good], 'k')));
    expect(new Set(answers.flatMap(idsOf)).size).toBe(2);
    expect(await storedNames(deps)).toHaveLength(2);
  });

  test('creates the jobs that an earlier try did not create', async () => {
    const deps = await world();
    const insert: typeof deps.jobs.insert = async (job) => {
      if (job.name !== 'a') throw new Error('died');
      return deps.jobs.insert(job);
    };
    const jobs = ['a', 'b', 'c'].map(named);
    const first = await submit({ ...deps, jobs: { ...deps.jobs, insert } }, jobs, 'k');
    const second = submittedOf(await submit(deps, jobs, 'k'));
    expect(second[0]?.job.id).toBe(idsOf(first)[0]);
    expect(second.map(({ job }) => job.name)).toEqual(['a', 'b', 'c']);
    expect(await storedNames(deps)).toEqual(['a', 'b', 'c']);
  });

  test('refuses another body as a whole, although its items were refused before', async () => {
    const deps = await world();
    await submit(deps, [{ service: 'ecko' }, good], 'k');
    const reused = expect.objectContaining({ slug: 'idempotency-key-reused' });
    await expect(submit(deps, [good, good], 'k')).rejects.toThrow(reused);
    await expect(submit(deps, [{ service: 'ecko' }, good, good], 'k')).rejects.toThrow(reused);
    expect(await storedNames(deps)).toHaveLength(1);
  });

  test('creates new jobs once the key has expired', async () => {
    const deps = await world();
    const first = await submit(deps, [good], 'k');
    const later = { ...deps, clock: { ...deps.clock, now: () => someTime + 7 * days + 2000 } };
    expect(idsOf(await submit(later, [good], 'k'))).not.toEqual(idsOf(first));
  });
});
