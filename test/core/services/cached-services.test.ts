import { describe, expect, test } from 'vitest';
import type { ServiceStore } from '../../../core/ports/service-store.ts';
import { cachedServices } from '../../../core/services/cached-services.ts';
import { deleteService } from '../../../core/services/delete-service.ts';
import { deprecateService } from '../../../core/services/deprecate-service.ts';
import { markUsed } from '../../../core/services/mark-used.ts';
import { storedService } from '../../contract/suites/service-store-suite.ts';
import { memoryServiceStore } from '../../support/memory/memory-service-store.ts';
import { handClock } from './service-fixture.ts';

function countingStore() {
  const store = memoryServiceStore();
  const reads = { count: 0 };
  const counting: ServiceStore = {
    ...store,
    get: (key) => {
      reads.count += 1;
      return store.get(key);
    },
  };
  return { store: counting, reads, clock: handClock() };
}

describe('the cache of services', () => {
  test('reads a used version once in 60 seconds', async () => {
    const { store, reads, clock } = countingStore();
    const cached = cachedServices(store, clock);
    const service = storedService({ used: true });
    await store.insert(service);
    expect(await cached.get(service)).toEqual(service);
    clock.move(59_999);
    expect(await cached.get(service)).toEqual(service);
    expect(reads.count).toBe(1);
    clock.move(1);
    await cached.get(service);
    expect(reads.count).toBe(2);
  });

  test('reads an unused version, and an absent one, every time', async () => {
    const { store, reads, clock } = countingStore();
    const cached = cachedServices(store, clock);
    await store.insert(storedService());
    for (let turn = 0; turn < 3; turn += 1) {
      expect((await cached.get(storedService()))?.used).toBe(false);
      expect(await cached.get(storedService({ name: 'none' }))).toBeUndefined();
    }
    expect(reads.count).toBe(6);
  });

  test('keeps the 500 most recently read versions', async () => {
    const { store, reads, clock } = countingStore();
    const cached = cachedServices(store, clock);
    const all = Array.from({ length: 501 }, (_, index) =>
      storedService({ version: `1.0.${index}`, used: true }),
    );
    for (const service of all) await store.insert(service);
    for (const service of all.slice(0, 500)) await cached.get(service);
    await cached.get(storedService({ version: '1.0.0' }));
    await cached.get(storedService({ version: '1.0.500' }));
    expect(reads.count).toBe(501);
    await cached.get(storedService({ version: '1.0.0' }));
    expect(reads.count).toBe(501);
    await cached.get(storedService({ version: '1.0.1' }));
    expect(reads.count).toBe(502);
  });

  test("returns its own writes immediately, and another writer's write after a conflict with it", async () => {
    const { store, clock } = countingStore();
    const cached = cachedServices(store, clock);
    const service = storedService({ used: true });
    await store.insert(service);
    await cached.get(service);
    await deprecateService({ services: store, clock }, { ...service, reason: 'elsewhere' });
    expect((await cached.get(service))?.deprecation).toBeUndefined();
    const deprecated = await deprecateService({ services: cached, clock }, { ...service, reason: 'here' });
    expect(await cached.get(service)).toEqual(deprecated);
  });

  test('supports the use cases like the store itself', async () => {
    const { store, clock } = countingStore();
    const services = cachedServices(store, clock);
    expect(await services.insert(storedService())).toBe('inserted');
    expect(await services.names('acme')).toEqual(['resize']);
    expect(await services.versions('acme', 'resize')).toHaveLength(1);
    expect((await services.list({ tenant: 'acme', limit: 5 })).services).toHaveLength(1);
    await deleteService({ services }, storedService());
    await services.insert(storedService());
    await markUsed({ services }, storedService());
    expect((await services.get(storedService()))?.used).toBe(true);
    await expect(deleteService({ services }, storedService())).rejects.toMatchObject({
      slug: 'service-in-use',
    });
  });
});
