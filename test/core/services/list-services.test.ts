import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeServiceCursor, encodeServiceCursor } from '../../../core/services/list-cursor.ts';
import { listServices, type ServiceListInput } from '../../../core/services/list-services.ts';
import { problemOf, register, serviceDeps, tenant } from './service-fixture.ts';

async function filledStore() {
  const deps = serviceDeps();
  for (const version of ['1.0.0', '2.0.0', '10.0.0']) {
    await register(deps, `a@${version}`, { tags: version === '1.0.0' ? ['x'] : ['y', 'x'] });
  }
  await register(deps, 'b@1.0.0', { tags: ['y'] });
  await register(deps, 'c@1.0.0');
  return deps;
}

async function listAll(
  deps: Awaited<ReturnType<typeof filledStore>>,
  input: Omit<ServiceListInput, 'tenant'>,
) {
  const found: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await listServices(deps, { ...input, tenant, ...(cursor !== undefined && { cursor }) });
    if (input.limit !== undefined) expect(page.services.length).toBeLessThanOrEqual(input.limit);
    found.push(...page.services.map(({ name, version }) => `${name}@${version}`));
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return found;
}

describe('the list of services', () => {
  test.each([1, 2, 3, 5, 1000])('returns every service once, %i per page', async (limit) => {
    const deps = await filledStore();
    expect(await listAll(deps, { limit })).toEqual(['a@1.0.0', 'a@10.0.0', 'a@2.0.0', 'b@1.0.0', 'c@1.0.0']);
    expect(await listAll(deps, { limit, name: 'a' })).toEqual(['a@1.0.0', 'a@10.0.0', 'a@2.0.0']);
    expect(await listAll(deps, { limit, tag: 'y' })).toEqual(['a@10.0.0', 'a@2.0.0', 'b@1.0.0']);
    expect(await listAll(deps, { limit, name: 'a', tag: 'y' })).toEqual(['a@10.0.0', 'a@2.0.0']);
    expect(await listAll(deps, { limit, name: 'none' })).toEqual([]);
  });

  test('has no further page after the last service', async () => {
    const deps = await filledStore();
    expect((await listServices(deps, { tenant, limit: 5 })).nextCursor).toBeUndefined();
    expect((await listServices(deps, { tenant, limit: 3, name: 'a' })).nextCursor).toBeUndefined();
    expect((await listServices(deps, { tenant: 'other' })).services).toEqual([]);
  });

  test('reads at most 1,000 services for one page of a rare tag, and finds it by the cursor', async () => {
    const deps = serviceDeps();
    const [plain, tagged] = [
      await register(deps, 'a@0.0.0'),
      await register(deps, 'z@1.0.0', { tags: ['rare'] }),
    ];
    for (let patch = 1; patch < 1100; patch += 1)
      await deps.services.insert({ ...plain, version: `0.0.${patch}` });
    const first = await listServices(deps, { tenant, tag: 'rare', limit: 10 });
    expect(first.services).toEqual([]);
    const cursor = first.nextCursor ?? '';
    const second = await listServices(deps, { tenant, tag: 'rare', limit: 10, cursor });
    expect(second).toEqual({ services: [tagged] });
  });

  test('refuses a cursor of another tenant or filter, and an invalid cursor', async () => {
    const deps = await filledStore();
    const cursor = (await listServices(deps, { tenant, limit: 1 })).nextCursor ?? '';
    const others: ServiceListInput[] = [
      { tenant: 'other', cursor },
      { tenant, name: 'a', cursor },
      { tenant, tag: 'x', cursor },
      { tenant, cursor: 'x' },
      { tenant, cursor: Buffer.from('{"a":1}').toString('base64url') },
    ];
    for (const input of others) expect((await problemOf(listServices(deps, input))).slug).toBe('bad-cursor');
  });

  test('refuses a cursor that a caller made up for a version of another name', async () => {
    const deps = await filledStore();
    const made = encodeServiceCursor({ tenant, name: 'a' }, { name: 'b', version: '1.0.0' });
    expect((await problemOf(listServices(deps, { tenant, name: 'a', cursor: made }))).slug).toBe(
      'bad-cursor',
    );
  });

  test('ends a page before it exceeds the response limit of a function, and continues after it', async () => {
    const deps = serviceDeps();
    const versions = Array.from({ length: 150 }, (_, index) => `a@1.0.${index}` as const);
    for (const version of versions) await register(deps, version, { description: '\u{20AC}'.repeat(16_384) });
    for (const input of [{}, { name: 'a' }]) {
      const first = await listServices(deps, { tenant, limit: 1000, ...input });
      expect(Buffer.byteLength(JSON.stringify(first.services))).toBeLessThan(6_291_556);
      expect(await listAll(deps, { limit: 1000, ...input })).toEqual([...versions].sort());
    }
  });

  test('has cursors of at most 256 characters that return to their position', () => {
    const name = fc.stringMatching(/^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/);
    const version = fc.stringMatching(/^[1-9][0-9]{0,3}\.0\.[1-9][0-9]{0,3}(-[a-z][0-9a-z]{0,40})?$/);
    fc.assert(
      fc.property(
        name,
        version,
        fc.option(fc.string({ maxLength: 128 }), { nil: undefined }),
        (theName, theVersion, tag) => {
          const scope = { tenant, ...(tag !== undefined && { tag }) };
          const cursor = encodeServiceCursor(scope, { name: theName, version: theVersion });
          expect(cursor.length).toBeLessThanOrEqual(256);
          expect(decodeServiceCursor(scope, cursor)).toEqual({ name: theName, version: theVersion });
        },
      ),
    );
    const longest = encodeServiceCursor(
      { tenant },
      { name: 'a'.repeat(63), version: `1.0.0-${'a'.repeat(58)}` },
    );
    expect(longest.length).toBeLessThanOrEqual(256);
  });
});
