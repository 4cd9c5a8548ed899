import { describe, expect, test } from 'vitest';
import { encodeCursor } from '../../../core/paging/cursor.ts';
import { getService } from '../../../core/services/get-service.ts';
import { problemOf, register, serviceDeps, tenant } from './service-fixture.ts';

const newestFirst = ['10.0.0', '2.0.0', '2.0.0-rc.1', '1.0.0'];

async function filledStore() {
  const deps = serviceDeps();
  for (const version of ['1.0.0', '2.0.0', '10.0.0', '2.0.0-rc.1']) await register(deps, `a@${version}`);
  await register(deps, 'b@7.0.0');
  return deps;
}

const input = { tenant, name: 'a', limit: 50 };

describe('the versions of a service', () => {
  test('are returned newest first, in full', async () => {
    const deps = await filledStore();
    const { name, versions, nextCursor } = await getService(deps, input);
    expect(name).toBe('a');
    expect(versions.map(({ version }) => version)).toEqual(newestFirst);
    expect(versions[0]).toEqual(await deps.services.get({ tenant, name: 'a', version: '10.0.0' }));
    expect(nextCursor).toBeUndefined();
  });

  test.each([1, 2, 3, 4])('are returned page by page, %i at a time', async (limit) => {
    const deps = await filledStore();
    const found: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await getService(deps, { ...input, limit, cursor });
      expect(page.versions.length).toBeLessThanOrEqual(limit);
      found.push(...page.versions.map(({ version }) => version));
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    expect(found).toEqual(newestFirst);
  });

  test('are returned once each, in pages of one, when their prereleases differ beyond 2^53', async () => {
    const deps = serviceDeps();
    const expected = ['3.0.0', '1.0.0-9007199254740993', '1.0.0-9007199254740992', '1.0.0-9007199254740991'];
    for (const version of expected.toReversed()) await register(deps, `a@${version}`);
    const found: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await getService(deps, { ...input, limit: 1, cursor });
      found.push(...page.versions.map(({ version }) => version));
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    expect(found).toEqual(expected);
  });

  test('continue after a version that was deleted meanwhile, and skip a deleted one', async () => {
    const deps = await filledStore();
    const { nextCursor: cursor } = await getService(deps, { ...input, limit: 2 });
    const removed = await deps.services.get({ tenant, name: 'a', version: '2.0.0' });
    await deps.services.remove({ tenant, name: 'a', version: '2.0.0' }, removed?.revision ?? 0);
    const rest = await getService(deps, { ...input, cursor });
    expect(rest.versions.map(({ version }) => version)).toEqual(newestFirst.slice(2));
    const withoutVersions = { ...deps.services, get: async () => undefined };
    const page = await getService({ services: withoutVersions }, { ...input, limit: 2 });
    expect(page.versions).toEqual([]);
    expect(page.nextCursor).toBeDefined();
  });

  test('of an unknown name are one problem, and of an invalid name another', async () => {
    const deps = await filledStore();
    expect((await problemOf(getService(deps, { ...input, name: 'zzz' }))).slug).toBe('service-not-found');
    expect((await problemOf(getService(deps, { ...input, name: 'Z' }))).slug).toBe('invalid-request');
  });

  test('are refused for the cursor of another name or tenant, or for one without a version', async () => {
    const deps = await filledStore();
    const { nextCursor = '' } = await getService(deps, { ...input, limit: 1 });
    await register(deps, 'b@8.0.0');
    const damaged = encodeCursor({ list: 'versions', tenant, name: 'a' }, 'x');
    for (const other of [{ name: 'b' }, { tenant: 'other' }, { cursor: damaged }, { cursor: 'x' }]) {
      const outcome = getService(deps, { ...input, cursor: nextCursor, ...other });
      expect((await problemOf(outcome)).slug).toBe('bad-cursor');
    }
  });
});
