import { describe, expect, test } from 'vitest';
import { jobStatuses } from '../../../../core/contract/job-state.ts';
import type { JobEdit } from '../../../../core/contract/schemas/draft-schemas.ts';
import type { Job } from '../../../../core/jobs/model/job.ts';
import { draftLifetimeMs } from '../../../../core/jobs/model/job-start.ts';
import { maxDraftTransitions } from '../../../../core/jobs/submission/draft-content.ts';
import { editJob } from '../../../../core/jobs/submission/edit-job.ts';
import { registerService } from '../../../../core/services/register-service.ts';
import { draftWorld, sizedParameters } from '../../../support/jobs/drafts.ts';
import { executingJob } from '../../../support/jobs/executing-job.ts';
import { checkJob, checkWrite } from '../../../support/jobs/job-invariants.ts';
import { aJob, endedJob } from '../../../support/jobs/jobs.ts';
import { aService } from '../../../support/jobs/test-deps.ts';

async function world() {
  const there = await draftWorld();
  const edit = async (job: Job, change: JobEdit, meetsPrecondition: (found: Job) => boolean = () => true) => {
    const before = await there.stored(job.id);
    const after = await editJob(there.deps, {
      key: { tenant: job.tenant, jobId: job.id },
      edit: change,
      meetsPrecondition,
    });
    checkJob(after);
    expect(await there.stored(job.id)).toEqual(after);
    if (before !== undefined && after.version !== before.version) checkWrite(before, after);
    return after;
  };
  return { ...there, edit };
}

const complete = { service: 'echo@1.0.0', parameters: { size: 1 } };
const missingOf = (job: Job) => job.draft?.missing.map(({ pointer }) => pointer);
const statesOf = (job: Job) => job.transitions.map(({ status }) => status);

describe('an edit of a draft', () => {
  test('makes it ready when nothing is missing any more, and a draft again when something is', async () => {
    const { draft, edit } = await world();
    let job = await draft();
    job = await edit(job, { service: 'echo@1.0.0' });
    expect([job.status, job.name, missingOf(job)]).toEqual(['draft', 'echo', ['/parameters/size']]);
    job = await edit(job, { parameters: { size: 2 } });
    expect(job).toMatchObject({
      status: 'ready',
      policy: { maxAttempts: 5 },
      limits: { attemptTimeoutSeconds: 60 },
    });
    expect(job.parameters).toEqual({ kind: 'inline', json: '{"size":2,"unit":"m"}' });
    job = await edit(job, { parameters: { unit: 3 } });
    expect([job.status, missingOf(job)]).toEqual(['draft', ['/parameters/unit']]);
    job = await edit(job, { service: null });
    expect([job.status, job.name, missingOf(job)]).toEqual(['draft', 'draft', ['/service']]);
    expect(statesOf(job)).toEqual(['draft', 'ready', 'draft']);
  });

  test('is refused when it would make the job a draft more than 500 times, and other edits are not', async () => {
    const { deps, draft, edit, stored } = await world();
    const [broken, mended] = [{ service: null }, { service: 'echo@1.0.0' }];
    let job = await draft({ parameters: { size: 1 } });
    const about = { key: { tenant: 'local', jobId: job.id }, meetsPrecondition: () => true };
    while (job.transitions.length < maxDraftTransitions) {
      job = await editJob(deps, { ...about, edit: job.status === 'ready' ? broken : mended });
    }
    expect(job.status).toBe('ready');
    await expect(edit(job, { ...broken, name: 'x' })).rejects.toMatchObject({
      slug: 'illegal-transition',
      message: expect.stringContaining('start it, abort it, or create a new job'),
      extension: { actions: expect.arrayContaining([{ name: 'start', allowed: true }]) },
    });
    expect(await stored(job.id)).toEqual(job);
    expect(await edit(job, { name: 'y', parameters: { size: 2 } })).toMatchObject({
      status: 'ready',
      name: 'y',
    });
  });

  test('can make it ready however often it was a draft', async () => {
    const { deps, draft, edit } = await world();
    const job = await draft();
    const transitions = Array.from({ length: maxDraftTransitions }, (_, index) => ({
      status: index % 2 === 0 ? ('ready' as const) : ('draft' as const),
      at: job.requestedAt,
      attempt: 0,
    }));
    await deps.jobs.replace({ ...job, transitions, version: transitions.length }, 1);
    const { status } = await edit(job, { service: 'echo@1.0.0', parameters: { size: 1 } });
    expect(status).toBe('ready');
  });

  test('merges parameters that are objects, replaces others, and treats null as none', async () => {
    const { draft, edit } = await world();
    const job = await draft({ service: 'any', parameters: { a: { b: 1, c: 2 }, d: 3 } });
    const parametersAfter = async (parameters: JobEdit['parameters']) =>
      JSON.parse(jsonOf(await edit(job, { parameters })));
    expect(await parametersAfter({ a: { b: null, e: 4 } })).toEqual({ a: { c: 2, e: 4 }, d: 3 });
    expect(await parametersAfter([1])).toEqual([1]);
    expect(await parametersAfter({ f: 5 })).toEqual({ f: 5 });
    expect(await parametersAfter(null)).toEqual({});
  });

  test('merges with the submitted parameters, and not with the defaults of another service', async () => {
    const { draft, edit } = await world();
    const job = await edit(await draft(complete), { service: 'any', parameters: { more: true } });
    expect(jsonOf(job)).toBe('{"size":1,"more":true}');
    expect(job).not.toHaveProperty('request');
  });

  test('applies the policy and limits of its new service, except for the overrides', async () => {
    const { draft, edit } = await world();
    let job = await draft({ ...complete, retry: { backoffSeconds: 1 }, queueTimeoutSeconds: 9 });
    job = await edit(job, { service: 'echo@2.0.0', retry: { maxAttempts: 2 }, timeoutSeconds: 90 });
    expect(job.policy).toEqual({ maxAttempts: 2, backoffSeconds: 1, backoffRate: 2 });
    expect(job.limits).toEqual({ attemptTimeoutSeconds: 120, queueTimeoutSeconds: 9, timeoutSeconds: 90 });
    job = await edit(job, { retry: { backoffSeconds: null }, queueTimeoutSeconds: null });
    expect(job.policy).toEqual({ maxAttempts: 2, backoffSeconds: 10, backoffRate: 2 });
    expect(job.limits.queueTimeoutSeconds).toBe(3600);
    job = await edit(job, { retry: null, timeoutSeconds: null });
    expect([job.policy.maxAttempts, job.draft?.overrides]).toEqual([5, {}]);
  });

  test('changes the version alone, the name alone, or both', async () => {
    const { draft, edit } = await world();
    const job = await draft(complete);
    expect((await edit(job, { service: { version: '2.0.0' } })).service?.version).toBe('2.0.0');
    expect((await edit(job, { service: { version: '^1' } })).service?.version).toBe('1.0.0');
    expect((await edit(job, { service: { name: 'any' } })).service).toEqual({
      name: 'any',
      version: '1.0.0',
    });
    expect((await edit(job, { service: { name: 'echo', version: '2.0.0' } })).service?.version).toBe('2.0.0');
    await expect(edit(job, { service: { version: null } })).rejects.toMatchObject({
      slug: 'ambiguous-version',
    });
    await edit(job, { service: null });
    await expect(edit(job, { service: { version: '1.0.0' } })).rejects.toMatchObject({
      slug: 'invalid-request',
      extension: { errors: [{ pointer: '/service/name' }] },
    });
  });

  test('keeps its explicit name, and the priority', async () => {
    const { draft, edit } = await world();
    let job = await draft({ ...complete, name: 'mine', priority: 5 });
    job = await edit(job, { service: 'any' });
    expect(job).toMatchObject({ name: 'mine', priority: 5 });
    job = await edit(job, { name: null, priority: 0 });
    expect(job.name).toBe('any');
    expect(job).not.toHaveProperty('priority');
  });

  test('extends its lifetime by 30 days, and writes nothing when it changes nothing', async () => {
    const { deps, draft, edit } = await world();
    const job = await draft(complete);
    await deps.clock.sleep(5000);
    for (const change of [{}, complete, { name: null }, { tags: [], metadata: {} }])
      expect(await edit(job, change)).toEqual(job);
    const after = await edit(job, { tags: ['a'] });
    expect(after).toMatchObject({ version: 2, updatedAt: deps.clock.now(), transitions: job.transitions });
    expect(after.nextCheckAt).toBe(deps.clock.now() + draftLifetimeMs);
  });

  test('uses the current definition of its service', async () => {
    const { deps, draft, edit } = await world();
    const job = await draft({ service: 'any', parameters: { size: 'big' } });
    const version = { tenant: 'local', name: 'any', version: '1.0.0' };
    await registerService(deps, {
      ...version,
      definition: aService({ parameters: sizedParameters }).definition,
    });
    expect(missingOf(await edit(job, { tags: ['a'] }))).toEqual(['/parameters/size']);
    await deps.services.remove(version, 2);
    const orphan = await edit(job, { tags: ['b'] });
    expect(orphan).toMatchObject({
      status: 'draft',
      service: { name: 'any', version: '1.0.0' },
      draft: { missing: [{ pointer: '/service', keyword: 'service' }] },
    });
    expect((await edit(job, { service: 'echo@1.0.0', parameters: { size: 1 } })).status).toBe('ready');
  });

  test('depends on its metadata too, if its service indexes them', async () => {
    const { deps, draft, edit } = await world();
    await deps.services.insert(aService({ indexedMetadata: ['run'] }, { name: 'indexing' }));
    let job = await draft({ service: 'any', metadata: { run: [7] } });
    expect([job.status, job.indexedMetadata]).toEqual(['ready', undefined]);
    job = await edit(job, { service: 'indexing' });
    expect([job.status, missingOf(job), job.indexedMetadata]).toEqual(['draft', ['/metadata/run'], ['run']]);
    job = await edit(job, { metadata: { run: 7 } });
    expect([job.status, missingOf(job)]).toEqual(['ready', []]);
    job = await edit(job, { metadata: { run: { a: 1 } }, tags: ['a'] });
    expect([job.status, job.metadata]).toEqual(['draft', { run: { a: 1 } }]);
    job = await edit(job, { metadata: { run: null } });
    expect([job.status, job.metadata]).toEqual(['ready', {}]);
    job = await edit(job, { service: null });
    expect(job).not.toHaveProperty('indexedMetadata');
  });

  test('keeps large parameters complete', async () => {
    const { draft, edit } = await world();
    const job = await edit(await draft(complete), { parameters: { note: 'x'.repeat(9000) } });
    expect([job.status, job.parameters.kind, job.request?.kind]).toEqual(['ready', 'object', 'object']);
    const shorter = await edit(job, { parameters: { note: null } });
    expect(jsonOf(shorter)).toBe('{"size":1,"unit":"m"}');
  });

  test.each([
    ['service-not-found', { service: 'ecko' }],
    ['ambiguous-version', { service: 'echo' }],
    ['invalid-request', { service: 'echo@one' }],
    ['invalid-request', { metadata: { text: 'x'.repeat(3000) } }],
    ['invalid-parameters', { parameters: { size: Number.POSITIVE_INFINITY } }],
    ['invalid-parameters', { parameters: { more: 'x'.repeat(600_000) } }],
  ])('is refused as %s, and changes nothing', async (slug, change: JobEdit) => {
    const { draft, edit, stored } = await world();
    const submission = { ...complete, service: 'any', metadata: { note: 'x'.repeat(1500) } };
    const job = await draft({ ...submission, parameters: { text: 'x'.repeat(600_000) } });
    await expect(edit(job, change)).rejects.toMatchObject({ slug });
    expect(await stored(job.id)).toEqual(job);
  });
});

describe('an edit of a job in any state', () => {
  const labels = { name: 'new', tags: ['a'], metadata: { k: 1 } };

  test('changes name, tags and metadata without a transition', async () => {
    const { deps, edit } = await world();
    const failure = { code: 'aborted', detail: '', retryable: false, attempt: 0 } as const;
    for (const job of [aJob(), executingJob({}), endedJob('aborted', { failure })]) {
      const here = { ...job, id: deps.random.jobId(job.requestedAt) };
      await deps.jobs.insert(here);
      const after = await edit(here, labels);
      expect(after).toMatchObject({ ...labels, status: job.status, transitions: job.transitions });
      expect(after.nextCheckAt).toBe(job.nextCheckAt);
      expect(await edit(here, { metadata: { more: { a: null } } })).toMatchObject({
        metadata: { k: 1, more: {} },
      });
      const bare = await edit(here, { name: null, tags: null, metadata: null });
      expect(bare).toMatchObject({ name: 'echo', tags: [], metadata: {} });
    }
  });

  test('is refused if it gives an indexed member another type, and leaves the index as it was accepted', async () => {
    const { deps, edit, stored } = await world();
    const job = aJob({ metadata: { run: 7, site: 'north' }, indexedMetadata: ['run', 'site'] });
    await deps.jobs.insert(job);
    for (const metadata of [{ run: true }, { site: 'x'.repeat(257) }, { run: { a: 1 } }])
      await expect(edit(job, { metadata })).rejects.toMatchObject({
        slug: 'invalid-metadata',
        extension: { errors: [{ pointer: `/metadata/${Object.keys(metadata)[0]}` }] },
      });
    expect(await stored(job.id)).toEqual(job);
    const after = await edit(job, { metadata: { run: null, site: 8, note: [] } });
    expect(after).toMatchObject({ metadata: { site: 8, note: [] }, indexedMetadata: ['run', 'site'] });
    expect((await edit(job, { metadata: null })).metadata).toEqual({});
  });

  test.each(jobStatuses.filter((status) => status !== 'draft' && status !== 'ready'))(
    'changes nothing else when it is %s, and lists the allowed actions',
    async (status) => {
      const { deps, edit, stored } = await world();
      const job = aJob({ status });
      await deps.jobs.insert(job);
      const contents: readonly JobEdit[] = [
        { service: null },
        { parameters: {} },
        { retry: {} },
        { timeoutSeconds: 1 },
        { priority: null },
      ];
      for (const content of contents) {
        await expect(edit(job, { ...labels, ...content })).rejects.toMatchObject({
          slug: 'illegal-transition',
          message: expect.stringContaining(Object.keys(content)[0] ?? ''),
          extension: {
            actions: expect.arrayContaining([expect.objectContaining({ name: 'edit', allowed: false })]),
          },
        });
      }
      expect(await stored(job.id)).toEqual(job);
    },
  );

  test('is refused when the job was modified', async () => {
    const { draft, edit } = await world();
    const job = await draft(complete);
    const isFirst = (found: Job) => found.version === 1;
    await edit(job, { tags: ['a'] }, isFirst);
    await expect(edit(job, { tags: ['b'] }, isFirst)).rejects.toMatchObject({ slug: 'precondition-failed' });
    await expect(edit(executingJob({}), {}, isFirst)).rejects.toMatchObject({ slug: 'not-found' });
  });
});

test('none of many concurrent edits is lost', async () => {
  const { draft, edit, stored } = await world();
  const job = await draft({ service: 'any', parameters: {} });
  const names = ['a', 'b', 'c', 'd', 'e'];
  await Promise.all(
    names.map(async (name) => edit(job, { parameters: { [name]: 1 } }).catch(() => undefined)),
  );
  const after = await stored(job.id);
  expect(after && Object.keys(JSON.parse(jsonOf(after))).toSorted()).toEqual(names);
});

function jsonOf({ parameters }: Job): string {
  if (parameters.kind !== 'inline') throw new Error('not inline');
  return parameters.json;
}
