import { beforeEach, describe, expect, test } from 'vitest';
import type { ServiceStore } from '../../../core/ports/service-store.ts';
import { definitionDigest } from '../../../core/services/model/definition-digest.ts';
import type { Service } from '../../../core/services/model/service.ts';
import { omitUndefined } from '../../../core/std/omit-undefined.ts';

/** A version with every member that a store must return, unless the parts override it. */
export function storedService(parts: Partial<Service> = {}): Service {
  return {
    tenant: 'acme',
    name: 'resize',
    version: '1.0.0',
    definition: {
      title: 'Größe 漢字 😀',
      tags: ['image', 'photo'],
      parameters: {
        type: 'object',
        properties: { width: { type: 'integer', default: 1.5 }, __x: {} },
        required: [],
      },
      result: { enum: [null, true, '', [], {}] },
      dispatcher: { kind: 'lambda', functionName: 'errand-service-resize', payload: 'parameters' },
      retry: { maxAttempts: 2, retryOn: ['timeout'] },
      attemptTimeoutSeconds: 60,
    },
    used: false,
    revision: 1_700_000_000_000,
    createdAt: 1_700_000_000_000,
    updatedAt: 1_700_000_000_001,
    ...parts,
  };
}

/** The contract of every service store; `makeStore` returns an empty store for each test; the caller cleans up. */
export function describeServiceStore(makeStore: () => Promise<ServiceStore> | ServiceStore): void {
  describe('a service store', () => {
    let store: ServiceStore;
    beforeEach(async () => {
      store = await makeStore();
    });

    test('returns a service as it was stored', async () => {
      const plain = storedService();
      const deprecated = storedService({
        version: '1.0.1',
        deprecation: { at: 5, reason: 'old' },
        used: true,
      });
      expect(await store.insert(plain)).toBe('inserted');
      expect(await store.insert(deprecated)).toBe('inserted');
      expect(await store.get(plain)).toEqual(plain);
      expect(await store.get(deprecated)).toEqual(deprecated);
    });

    test('finds nothing under a key that was not stored, of another tenant, name or version', async () => {
      await store.insert(storedService());
      expect(await store.get({ tenant: 'other', name: 'resize', version: '1.0.0' })).toBeUndefined();
      expect(await store.get({ tenant: 'acme', name: 'resiz', version: '1.0.0' })).toBeUndefined();
      expect(await store.get({ tenant: 'acme', name: 'resize', version: '1.0.0-a' })).toBeUndefined();
    });

    test('inserts a version once, and keeps the first one unchanged', async () => {
      await store.insert(storedService());
      expect(await store.insert(storedService({ used: true }))).toBe('exists');
      expect((await store.get(storedService()))?.used).toBe(false);
    });

    test('accepts exactly one of many inserts of the same version', async () => {
      const outcomes = await Promise.all(
        Array.from({ length: 8 }, (_, index) => store.insert(storedService({ updatedAt: index }))),
      );
      expect(outcomes.filter((outcome) => outcome === 'inserted')).toHaveLength(1);
    });

    test('replaces only the expected revision', async () => {
      const first = storedService({ revision: 10 });
      await store.insert(first);
      const second = { ...first, used: true, revision: 11 };
      expect(await store.replace(second, 9)).toBe('conflict');
      expect(await store.get(first)).toEqual(first);
      expect(await store.replace(second, 10)).toBe('replaced');
      expect(await store.replace({ ...first, revision: 11 }, 10)).toBe('conflict');
      expect(await store.get(first)).toEqual(second);
    });

    test('removes members that the replacing service no longer has', async () => {
      const first = storedService({ revision: 10, deprecation: { at: 1, reason: 'old' } });
      await store.insert(first);
      await store.replace(storedService({ revision: 11 }), 10);
      expect(await store.get(first)).toEqual(storedService({ revision: 11 }));
    });

    test('accepts exactly one of many replacements of the same revision', async () => {
      const first = storedService({ revision: 1 });
      await store.insert(first);
      const outcomes = await Promise.all(
        Array.from({ length: 8 }, (_, index) =>
          store.replace({ ...first, updatedAt: index, revision: 2 }, 1),
        ),
      );
      expect(outcomes.filter((outcome) => outcome === 'replaced')).toHaveLength(1);
    });

    test('does not restore a deleted service by a replacement', async () => {
      const first = storedService({ revision: 1 });
      await store.insert(first);
      await store.remove(first, 1);
      expect(await store.replace({ ...first, revision: 2 }, 1)).toBe('conflict');
      expect(await store.get(first)).toBeUndefined();
    });

    test('removes only the expected revision, and only once', async () => {
      const first = storedService({ revision: 1 });
      await store.insert(first);
      expect(await store.remove(first, 2)).toBe('conflict');
      expect(await store.get(first)).toEqual(first);
      expect(await store.remove(first, 1)).toBe('removed');
      expect(await store.remove(first, 1)).toBe('conflict');
      expect(await store.get(first)).toBeUndefined();
    });

    test('can insert a removed version again, without remains of the old one', async () => {
      const first = storedService({ revision: 1, deprecation: { at: 1, reason: 'old' } });
      await store.insert(first);
      await store.remove(first, 1);
      const again = storedService({ revision: 7 });
      expect(await store.insert(again)).toBe('inserted');
      expect(await store.get(again)).toEqual(again);
    });

    test('returns a kept definition by its digest after the version was replaced', async () => {
      const first = storedService({ version: '1.0.0-dev', used: true, revision: 1 });
      await store.insert(first);
      await store.keepDefinition(first);
      await store.keepDefinition(first);
      const definition = { ...first.definition, title: 'changed' };
      await store.replace({ ...first, definition, revision: 2 }, 1);
      const stored = await store.get(first);
      expect(stored?.definition).toEqual(definition);
      expect(await store.replacedDefinition(first, definitionDigest(first.definition))).toEqual(
        first.definition,
      );
      expect(await store.replacedDefinition(first, definitionDigest(definition))).toBeUndefined();
    });

    test('returns a kept definition only for its own tenant, name and version', async () => {
      const kept = storedService({ version: '1.0.0-dev' });
      await store.keepDefinition(kept);
      const digest = definitionDigest(kept.definition);
      for (const other of [{ tenant: 'other' }, { name: 'resiz' }, { version: '1.0.0-dev.1' }])
        expect(await store.replacedDefinition({ ...kept, ...other }, digest)).toBeUndefined();
    });

    test('lists no kept definition as a version', async () => {
      await store.keepDefinition(storedService({ version: '1.0.0-dev' }));
      expect(await store.versions('acme', 'resize')).toEqual([]);
      expect(await store.names('acme')).toEqual([]);
      expect((await store.list({ tenant: 'acme', limit: 10 })).services).toEqual([]);
    });

    describeReading(() => store);
  });
}

function describeReading(store: () => ServiceStore): void {
  test('lists all versions of exactly one name of one tenant', async () => {
    for (const version of ['1.0.0', '2.0.0', '10.0.0-rc.1']) await store().insert(storedService({ version }));
    await store().insert(storedService({ name: 'resize-2' }));
    await store().insert(storedService({ tenant: 'acme-2' }));
    const versions = await store().versions('acme', 'resize');
    expect(versions.map(({ version }) => version).sort()).toEqual(['1.0.0', '10.0.0-rc.1', '2.0.0']);
    expect(await store().versions('acme', 'resiz')).toEqual([]);
  });

  test('returns of each version whether it is deprecated, and nothing of its definition', async () => {
    const deprecation = { at: 5, reason: 'old' };
    await store().insert(storedService({ version: '1.0.0', deprecation }));
    await store().insert(storedService({ version: '2.0.0' }));
    const versions = await store().versions('acme', 'resize');
    expect([...versions].sort((one, other) => (one.version < other.version ? -1 : 1))).toEqual([
      { name: 'resize', version: '1.0.0', deprecation },
      { name: 'resize', version: '2.0.0' },
    ]);
  });

  test.each([1, 2, 100])('lists the versions of exactly one name, in order, %i per page', async (limit) => {
    const expected = ['a@1.0.0', 'a@10.0.0', 'a@2.0.0'];
    for (const text of [...expected, 'a-b@1.0.0', 'b@1.0.0']) {
      const [name = '', version = ''] = text.split('@');
      await store().insert(storedService({ name, version }));
    }
    expect(await listAll(store(), limit, 'a')).toEqual(expected);
  });

  test('lists each name of a tenant once, sorted, and no name whose last version was removed', async () => {
    for (const name of ['b', 'a-b', 'a', 'gone']) await store().insert(storedService({ name }));
    await store().insert(storedService({ name: 'a', version: '2.0.0' }));
    await store().insert(storedService({ tenant: 'other', name: 'c' }));
    await store().remove(storedService({ name: 'gone' }), storedService().revision);
    expect(await store().names('acme')).toEqual(['a', 'a-b', 'b']);
  });

  test('keeps a name as long as one of its versions exists', async () => {
    await store().insert(storedService({ version: '1.0.0' }));
    await store().insert(storedService({ version: '2.0.0' }));
    await store().remove(storedService({ version: '1.0.0' }), storedService().revision);
    expect(await store().names('acme')).toEqual(['resize']);
  });

  test.each([1, 2, 3, 100])('lists every service of a tenant once, in order, %i per page', async (limit) => {
    const expected = ['a@1.0.0', 'a@10.0.0', 'a@2.0.0', 'a-b@1.0.0', 'b@1.0.0', 'b@1.0.0-rc.1'];
    for (const text of [...expected].reverse()) {
      const [name = '', version = ''] = text.split('@');
      await store().insert(storedService({ name, version }));
    }
    await store().insert(storedService({ tenant: 'other', name: 'a' }));
    expect(await listAll(store(), limit)).toEqual(expected);
  });

  test('continues after a service that was removed meanwhile', async () => {
    for (const name of ['a', 'b', 'c']) await store().insert(storedService({ name }));
    await store().remove(storedService({ name: 'b' }), storedService().revision);
    const page = await store().list({ tenant: 'acme', after: { name: 'b', version: '1.0.0' }, limit: 5 });
    expect(page.services.map(({ name }) => name)).toEqual(['c']);
    expect(page.nextAfter).toBeUndefined();
  });
}

async function listAll(store: ServiceStore, limit: number, name?: string): Promise<readonly string[]> {
  const found: string[] = [];
  let after: { readonly name: string; readonly version: string } | undefined;
  do {
    const page = await store.list({
      tenant: 'acme',
      limit,
      ...omitUndefined({ name }),
      ...(after && { after }),
    });
    expect(page.services.length).toBeLessThanOrEqual(limit);
    found.push(...page.services.map(({ name, version }) => `${name}@${version}`));
    after = page.nextAfter;
  } while (after !== undefined);
  return found;
}
