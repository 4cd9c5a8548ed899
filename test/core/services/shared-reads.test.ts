import { describe, expect, test } from 'vitest';
import type { ServiceStore } from '../../../core/ports/service-store.ts';
import { sharedReads } from '../../../core/services/shared-reads.ts';
import { aService } from '../../support/jobs/test-deps.ts';
import { memoryServiceStore } from '../../support/memory/memory-service-store.ts';

const key = { tenant: 'local', name: 'echo', version: '1.0.0' };
const other = { ...key, version: '2.0.0' };

/** A store that counts its reads, and fails them on request. */
async function world() {
  const store = memoryServiceStore();
  await store.insert(aService());
  const state = { reads: 0, failing: false };
  const read = async <Value>(value: Promise<Value>): Promise<Value> => {
    state.reads += 1;
    if (state.failing) throw new Error('busy');
    return value;
  };
  const counted: ServiceStore = {
    ...store,
    get: (about) => read(store.get(about)),
    versions: (tenant, name) => read(store.versions(tenant, name)),
    names: (tenant) => read(store.names(tenant)),
  };
  return { store, state, services: sharedReads(counted) };
}

describe('sharedReads', () => {
  test('reads the same key once, concurrently or in sequence, and another key separately', async () => {
    const { state, services } = await world();
    const read = () =>
      Promise.all([services.get(key), services.versions('local', 'echo'), services.names('local')]);
    const [one, two] = await Promise.all([read(), read()]);
    expect(two).toEqual(one);
    expect(one).toEqual([aService(), [{ name: 'echo', version: '1.0.0' }], ['echo']]);
    expect(await read()).toEqual(one);
    expect(state.reads).toBe(3);
    expect(await services.get(other)).toBeUndefined();
    expect(await services.versions('foreign', 'echo')).toEqual([]);
    expect(state.reads).toBe(5);
  });

  test.each([
    ['an insert', (services: ServiceStore) => services.insert(aService({}, { version: '2.0.0' }))],
    ['a replacement', (services: ServiceStore) => services.replace(aService({}, { revision: 2 }), 1)],
    ['a removal', (services: ServiceStore) => services.remove(key, 1)],
    ['a conflict', (services: ServiceStore) => services.replace(aService(), 9)],
  ])('discards a read after %s', async (_, write) => {
    const { state, store, services } = await world();
    await services.versions('local', 'echo');
    await services.get(key);
    await write(services);
    expect(await services.versions('local', 'echo')).toEqual(await store.versions('local', 'echo'));
    expect(await services.get(key)).toEqual(await store.get(key));
    expect(state.reads).toBe(4);
  });

  test('does not keep a read that failed', async () => {
    const { state, services } = await world();
    state.failing = true;
    await expect(services.get(key)).rejects.toThrow('busy');
    state.failing = false;
    expect(await services.get(key)).toEqual(aService());
  });
});
