import { describe, expect, test } from 'vitest';
import type { ServiceStore } from '../../../core/ports/service-store.ts';
import { deleteService } from '../../../core/services/delete-service.ts';
import { deprecateService } from '../../../core/services/deprecate-service.ts';
import { getServiceVersion } from '../../../core/services/get-service-version.ts';
import { markUsed } from '../../../core/services/mark-used.ts';
import type { Service } from '../../../core/services/model/service.ts';
import { registerService } from '../../../core/services/register-service.ts';
import { definitionOf, problemOf, register, serviceDeps, tenant } from './service-fixture.ts';

const key = { tenant, name: 'resize', version: '1.0.0' };

describe('the registration of a version', () => {
  test('creates it, unused, with its times', async () => {
    const deps = serviceDeps();
    const { service, outcome } = await registerService(deps, { ...key, definition: definitionOf() });
    expect(outcome).toBe('created');
    expect(service).toMatchObject({
      ...key,
      used: false,
      createdAt: deps.clock.now(),
      updatedAt: deps.clock.now(),
    });
    expect(await deps.services.get(key)).toEqual(service);
  });

  test('changes nothing when the definition is equal as JSON, also when it is used', async () => {
    const deps = serviceDeps();
    const first = await register(deps, 'resize@1.0.0', { parameters: { type: 'object', title: 'x' } });
    deps.clock.move(5);
    const again = definitionOf({ parameters: { title: 'x', type: 'object' } });
    expect(await registerService(deps, { ...key, definition: again })).toEqual({
      service: first,
      outcome: 'unchanged',
    });
    const { service: used } = await markUsed(deps, first);
    expect(await registerService(deps, { ...key, definition: again })).toEqual({
      service: used,
      outcome: 'unchanged',
    });
  });

  test('replaces an unused definition and keeps creation and deprecation', async () => {
    const deps = serviceDeps();
    const first = await register(deps, 'resize@1.0.0');
    const deprecated = await deprecateService(deps, { ...key, reason: 'old' });
    deps.clock.move(5);
    const { service, outcome } = await registerService(deps, {
      ...key,
      definition: definitionOf({ title: 'new' }),
    });
    expect(outcome).toBe('replaced');
    expect(service).toMatchObject({
      createdAt: first.createdAt,
      updatedAt: deps.clock.now(),
      deprecation: deprecated.deprecation,
    });
    expect(service.revision).toBeGreaterThan(deprecated.revision);
    expect(await deps.services.get(key)).toEqual(service);
  });

  test('refuses another definition of a used version', async () => {
    const deps = serviceDeps();
    await markUsed(deps, await register(deps, 'resize@1.0.0'));
    const { slug } = await problemOf(
      registerService(deps, { ...key, definition: definitionOf({ title: 'new' }) }),
    );
    expect(slug).toBe('version-immutable');
  });

  test('refuses an unusable schema and stores nothing', async () => {
    const deps = serviceDeps();
    const problem = await problemOf(register(deps, 'resize@1.0.0', { parameters: { type: 'x' } }));
    expect(problem.slug).toBe('schema-invalid');
    expect(await deps.services.get(key)).toBeUndefined();
  });

  test.each([
    ['Resize', '1.0.0', 'name'],
    ['resize', '1.0', 'version'],
    ['resize', 'v1.0.0', 'version'],
  ])('refuses the path %s/%s and names its %s', async (name, version, part) => {
    const problem = await problemOf(register(serviceDeps(), `${name}@${version}`));
    expect(problem.slug).toBe('invalid-request');
    expect(problem.extension.errors).toMatchObject([
      { pointer: '', detail: expect.stringContaining(`The ${part} in the path`) },
    ]);
  });

  test('creates the version once for many equal registrations, and the others change nothing', async () => {
    const deps = serviceDeps();
    const all = Array.from({ length: 6 }, () =>
      registerService(deps, { ...key, definition: definitionOf() }),
    );
    const outcomes = (await Promise.all(all)).map(({ outcome }) => outcome);
    expect(outcomes.sort()).toEqual(['created', ...new Array(5).fill('unchanged')]);
  });

  test('ends after five tries when other writers are always faster', async () => {
    const deps = serviceDeps();
    await register(deps, 'resize@1.0.0');
    let tries = 0;
    const services: ServiceStore = {
      ...deps.services,
      replace: async () => {
        tries += 1;
        return 'conflict';
      },
    };
    const attempt = registerService(
      { ...deps, services },
      { ...key, definition: definitionOf({ title: 'x' }) },
    );
    expect((await problemOf(attempt)).slug).toBe('unavailable');
    expect(tries).toBe(5);
  });
});

describe('a write of a version with a precondition', () => {
  const refused = async (write: Promise<unknown>) =>
    expect((await problemOf(write)).slug).toBe('precondition-failed');

  test('is refused and changes nothing, even when its definition is the same', async () => {
    const deps = serviceDeps();
    const meetsPrecondition = () => false;
    const definition = definitionOf();
    await refused(registerService(deps, { ...key, definition, meetsPrecondition }));
    expect(await deps.services.get(key)).toBeUndefined();
    const stored = await register(deps, 'resize@1.0.0');
    await refused(registerService(deps, { ...key, definition, meetsPrecondition }));
    await refused(deprecateService(deps, { ...key, reason: 'old', meetsPrecondition }));
    await refused(deleteService(deps, { ...key, meetsPrecondition }));
    expect(await deps.services.get(key)).toEqual(stored);
  });

  test('is refused when another write happened in between', async () => {
    const deps = serviceDeps();
    const first = await register(deps, 'resize@1.0.0');
    const replace: ServiceStore['replace'] = async () => {
      await deps.services.replace({ ...first, revision: first.revision + 1 }, first.revision);
      return 'conflict';
    };
    const overtaken = { ...deps, services: { ...deps.services, replace } };
    const meetsPrecondition = (stored: Service | undefined) => stored?.revision === first.revision;
    await refused(
      registerService(overtaken, { ...key, definition: definitionOf({ title: 'x' }), meetsPrecondition }),
    );
  });
});

describe('the registration of a version with a resource that its tenant must not use', () => {
  const dispatcher = { kind: 'lambda', functionName: 'errand-dispatch' } as const;

  test('is refused with all other errors, and nothing is stored', async () => {
    const deps = serviceDeps();
    const definition = definitionOf({ dispatcher, parameters: { type: 'nothing' } });
    const problem = await problemOf(registerService(deps, { ...key, definition }));
    expect(problem.slug).toBe('schema-invalid');
    expect(problem.extension.errors?.map(({ pointer }) => pointer)).toEqual([
      '/dispatcher/functionName',
      '/parameters/type',
    ]);
    expect(await deps.services.get(key)).toBeUndefined();
  });

  test('is also refused when it was stored before the rules', async () => {
    const deps = serviceDeps();
    await register({ ...deps, settings: { ...deps.settings, namePrefix: 'old' } }, 'resize@1.0.0', {
      dispatcher: { kind: 'lambda', functionName: 'old-service-x' },
    });
    const definition = definitionOf({ dispatcher: { kind: 'lambda', functionName: 'old-service-x' } });
    const problem = await problemOf(registerService(deps, { ...key, definition }));
    expect(problem.extension.errors).toMatchObject([{ pointer: '/dispatcher/functionName' }]);
  });

  test('is allowed for the owner of the name, and for no other tenant', async () => {
    const deps = serviceDeps();
    const definition = definitionOf({
      dispatcher: { kind: 'lambda', functionName: 'errand-service-acme__x' },
    });
    expect((await registerService(deps, { ...key, definition })).outcome).toBe('created');
    const problem = await problemOf(registerService(deps, { ...key, tenant: 'other', definition }));
    expect(problem.extension.errors).toMatchObject([{ pointer: '/dispatcher/functionName' }]);
  });
});

describe('the marking of a version as used', () => {
  test('is done once, and changes nothing when it is repeated', async () => {
    const deps = serviceDeps();
    const service = await register(deps, 'resize@1.0.0');
    const marked = await markUsed(deps, service);
    expect(marked).toMatchObject({ outcome: 'marked', service: { used: true } });
    expect(await markUsed(deps, service)).toEqual(marked);
    expect(await markUsed(deps, marked.service)).toEqual(marked);
    expect(await deps.services.get(key)).toEqual(marked.service);
  });

  test('is not done when the definition changed meanwhile', async () => {
    const deps = serviceDeps();
    const service = await register(deps, 'resize@1.0.0');
    const changed = await register(deps, 'resize@1.0.0', { title: 'new' });
    expect(await markUsed(deps, service)).toEqual({ outcome: 'changed', service: changed });
    expect((await deps.services.get(key))?.used).toBe(false);
  });

  test('is done over an earlier deprecation, and keeps it', async () => {
    const deps = serviceDeps();
    const service = await register(deps, 'resize@1.0.0');
    await deprecateService(deps, { ...key, reason: 'old' });
    const marked = await markUsed(deps, service);
    expect(marked).toMatchObject({
      outcome: 'marked',
      service: { used: true, deprecation: { reason: 'old' } },
    });
  });

  test('fails when the version was deleted meanwhile', async () => {
    const deps = serviceDeps();
    const service = await register(deps, 'resize@1.0.0');
    await deleteService(deps, key);
    expect((await problemOf(markUsed(deps, service))).slug).toBe('service-not-found');
  });

  test('does not restore a definition that was deleted and registered again', async () => {
    const deps = serviceDeps();
    const service = await register(deps, 'resize@1.0.0');
    await deleteService(deps, key);
    deps.clock.move(1);
    const anew = await register(deps, 'resize@1.0.0', { title: 'anew' });
    expect(await markUsed(deps, service)).toEqual({ outcome: 'changed', service: anew });
  });
});

describe('the deprecation of a version', () => {
  test('keeps its first time, and its reason until another one is given', async () => {
    const deps = serviceDeps();
    await register(deps, 'resize@1.0.0');
    const first = await deprecateService(deps, { ...key, reason: 'old' });
    const at = deps.clock.now();
    deps.clock.move(5);
    expect(await deprecateService(deps, { ...key, reason: 'old' })).toEqual(first);
    const second = await deprecateService(deps, { ...key, reason: 'wrong' });
    expect(second.deprecation).toEqual({ at, reason: 'wrong' });
    expect(await deps.services.get(key)).toEqual(second);
  });

  test('fails for an unknown version', async () => {
    const { slug } = await problemOf(deprecateService(serviceDeps(), { ...key, reason: 'old' }));
    expect(slug).toBe('service-not-found');
  });
});

describe('the deletion of a version', () => {
  test('is done once', async () => {
    const deps = serviceDeps();
    await register(deps, 'resize@1.0.0');
    await deleteService(deps, key);
    expect(await deps.services.get(key)).toBeUndefined();
    expect((await problemOf(deleteService(deps, key))).slug).toBe('service-not-found');
  });

  test('is refused once a job has used it', async () => {
    const deps = serviceDeps();
    await markUsed(deps, await register(deps, 'resize@1.0.0'));
    expect((await problemOf(deleteService(deps, key))).slug).toBe('service-in-use');
  });

  test('never succeeds together with the first use', async () => {
    const deps = serviceDeps();
    const service = await register(deps, 'resize@1.0.0');
    const [marked, deleted] = await Promise.allSettled([markUsed(deps, service), deleteService(deps, key)]);
    expect([marked.status, deleted.status].sort()).toEqual(['fulfilled', 'rejected']);
  });
});

describe('the reading of a version', () => {
  test('suggests the newest versions of the name', async () => {
    const deps = serviceDeps();
    for (const version of ['1.0.0', '10.0.0', '2.0.0']) await register(deps, `resize@${version}`);
    const problem = await problemOf(getServiceVersion(deps, { ...key, version: '3.0.0' }));
    expect(problem.slug).toBe('service-not-found');
    expect(problem.extension.suggestions).toEqual(['10.0.0', '2.0.0', '1.0.0']);
  });

  test('selects the newest active version in a range, and no development version', async () => {
    const deps = serviceDeps();
    for (const version of ['1.0.0', '1.10.0', '1.9.0', '2.0.0', '1.11.0-dev'])
      await register(deps, `resize@${version}`);
    const read = async (version: string) => (await getServiceVersion(deps, { ...key, version })).version;
    expect(await Promise.all(['^1', '1.9.x', '*', '1.11.0-dev'].map(read))).toEqual([
      '1.10.0',
      '1.9.0',
      '2.0.0',
      '1.11.0-dev',
    ]);
    const problem = await problemOf(getServiceVersion(deps, { ...key, version: '^3' }));
    expect(problem).toMatchObject({
      slug: 'service-not-found',
      extension: { suggestions: expect.any(Array) },
    });
    expect(await problemOf(getServiceVersion(deps, { ...key, version: 'newest' }))).toMatchObject({
      slug: 'invalid-request',
    });
  });

  test('suggests names that are similar to an unknown one, and none of another tenant', async () => {
    const deps = serviceDeps();
    for (const name of ['resize', 'resize-2', 'profile']) await register(deps, `${name}@1.0.0`);
    const problem = await problemOf(getServiceVersion(deps, { ...key, name: 'resise' }));
    expect(problem.extension.suggestions).toEqual(['resize']);
    const foreign = await problemOf(getServiceVersion(deps, { ...key, tenant: 'other' }));
    expect(foreign.extension.suggestions).toEqual([]);
  });
});
