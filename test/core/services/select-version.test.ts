import fc from 'fast-check';
import semver from 'semver';
import { describe, expect, test } from 'vitest';
import { deprecateService } from '../../../core/services/deprecate-service.ts';
import { type SelectorInput, selectVersion } from '../../../core/services/select-version.ts';
import { problemOf, register, serviceDeps, tenant } from './service-fixture.ts';

async function storeWith(versions: readonly string[], deprecated: readonly string[] = []) {
  const deps = serviceDeps();
  for (const version of versions) await register(deps, `resize@${version}`);
  for (const version of deprecated)
    await deprecateService(deps, { tenant, name: 'resize', version, reason: 'old' });
  return deps;
}

async function select(deps: Awaited<ReturnType<typeof storeWith>>, selector: SelectorInput): Promise<string> {
  return (await selectVersion(deps, { tenant, selector })).version;
}

const versions = ['1.0.0', '1.2.0', '1.2.5', '1.10.0', '2.0.0-rc.1', '2.0.0-rc.2'];

describe('the choice of a version', () => {
  test.each<[SelectorInput, string]>([
    ['resize@1.2.0', '1.2.0'],
    ['resize@^1.2', '1.10.0'],
    ['resize@~1.2.0', '1.2.5'],
    ['resize@1.x', '1.10.0'],
    ['resize@1.0.0 - 1.9.0', '1.2.5'],
    ['resize@>=1 <1.2.5', '1.2.0'],
    ['resize@>=2.0.0-rc.0', '2.0.0-rc.2'],
    ['resize@*', '1.10.0'],
    ['urn:errand:service:resize:~1.2', '1.2.5'],
    ['https://errand.example/v1/services/resize/versions/1.0.0', '1.0.0'],
    [{ name: 'resize', version: '^1' }, '1.10.0'],
  ])('for %j is %s', async (selector, version) => {
    expect(await select(await storeWith(versions), selector)).toBe(version);
  });

  test('by a range compares identifiers of 2^53 and more by their digits', async () => {
    const deps = await storeWith(['1.0.0-9007199254740993', '1.0.0-9007199254740992']);
    expect(await select(deps, 'resize@>=1.0.0-0')).toBe('1.0.0-9007199254740993');
    expect(await select(deps, 'resize@<1.0.0-9007199254740993')).toBe('1.0.0-9007199254740992');
  });

  test('by a range is never a development version', async () => {
    const deps = await storeWith(['1.0.0', '1.1.0-dev', '1.1.0-dev.2', '1.1.0-develop', '1.1.0-rc.1']);
    for (const range of ['*', '^1', '>=1.1.0-0', '=1.1.0-dev || 1.0.0'])
      expect(await select(deps, `resize@${range}`)).toMatch(/^1\.0\.0$|^1\.1\.0-rc\.1$/);
    const problem = await problemOf(select(deps, 'resize@>=1.1.0-dev <1.1.0-e'));
    expect(problem.message).toMatch(
      /Only development versions .*; to use one of them, give its exact version/,
    );
    expect(await select(deps, 'resize@1.1.0-dev.2')).toBe('1.1.0-dev.2');
  });

  test('without a version is a development version only if nothing else is active', async () => {
    const active = ['0.9.0-dev', '1.0.0', '1.1.0-dev'];
    expect(await select(await storeWith(active), 'resize')).toBe('1.0.0');
    expect(await select(await storeWith(active, ['1.0.0', '0.9.0-dev']), 'resize')).toBe('1.1.0-dev');
    const problem = await problemOf(select(await storeWith(active, ['1.0.0']), 'resize'));
    expect(problem.extension.versions).toEqual(['1.1.0-dev', '0.9.0-dev']);
  });

  test('without a version selects the only active one', async () => {
    expect(await select(await storeWith(['1.0.0', '2.0.0'], ['2.0.0']), 'resize')).toBe('1.0.0');
  });

  test('without a version is ambiguous with several active ones, newest first', async () => {
    const problem = await problemOf(
      select(await storeWith([...versions, '3.0.0'], ['3.0.0']), { name: 'resize' }),
    );
    expect(problem.slug).toBe('ambiguous-version');
    expect(problem.extension.versions).toEqual([
      '2.0.0-rc.2',
      '2.0.0-rc.1',
      '1.10.0',
      '1.2.5',
      '1.2.0',
      '1.0.0',
    ]);
  });

  test('of a deprecated version requires its exact name', async () => {
    const deps = await storeWith(['1.0.0', '1.1.0'], ['1.1.0']);
    expect(await select(deps, 'resize@1.1.0')).toBe('1.1.0');
    expect(await select(deps, 'resize@^1')).toBe('1.0.0');
  });

  test('reports that every version is deprecated', async () => {
    const deps = await storeWith(['1.0.0'], ['1.0.0']);
    for (const selector of ['resize', 'resize@^1']) {
      const problem = await problemOf(select(deps, selector));
      expect(problem.slug).toBe('service-not-found');
      expect(problem.message).toMatch(/deprecated; to use one of them, give its exact version/);
    }
  });

  test('suggests names for an unknown name, and versions for an unknown version', async () => {
    const deps = await storeWith(['1.0.0']);
    expect((await problemOf(select(deps, 'resiez'))).extension.suggestions).toEqual(['resize']);
    for (const selector of ['resize@2.0.0', 'resize@^2']) {
      expect((await problemOf(select(deps, selector))).extension.suggestions).toEqual(['1.0.0']);
    }
  });

  test.each<[SelectorInput, string]>([
    ['Resize', '/service'],
    ['resize@', '/service'],
    ['resize@abc', '/service'],
    ['https://errand.example/v1/services/resize/versions/%E0', '/service'],
    [{ name: 'Resize' }, '/service/name'],
    [{ name: 'resize', version: 'not a range' }, '/service/version'],
  ])('refuses %j', async (selector, pointer) => {
    const problem = await problemOf(select(await storeWith(['1.0.0']), selector));
    expect(problem.slug).toBe('invalid-request');
    expect(problem.extension.errors?.map((fault) => fault.pointer)).toEqual([pointer]);
  });

  test('by an exact version costs one read of that version and no query', async () => {
    const deps = await storeWith(['1.0.0']);
    const calls: string[] = [];
    const services = new Proxy(deps.services, {
      get: (target, name, receiver) => {
        calls.push(String(name));
        return Reflect.get(target, name, receiver);
      },
    });
    await selectVersion({ services }, { tenant, selector: 'resize@1.0.0' });
    expect(calls).toEqual(['get']);
  });

  test('by a range equals the result of a plain search', async () => {
    const small = fc.constantFrom('0', '1', '2', '10');
    const anyVersion = fc
      .tuple(small, small, small, fc.constantFrom('', '', '-a', '-a.1'))
      .map(([major, minor, patch, pre]) => `${major}.${minor}.${patch}${pre}`);
    const anyRange = fc
      .tuple(fc.constantFrom('^', '~', '>=', '<', '<='), anyVersion)
      .map(([operator, version]) => `${operator}${version}`);
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(anyVersion, { maxLength: 6 }),
        fc.nat(5),
        anyRange,
        async (all, which, range) => {
          const deprecated = all.slice(which, which + 1);
          const deps = await storeWith(all, deprecated);
          const active = all.filter((version) => !deprecated.includes(version));
          const expected = semver.maxSatisfying(active, range) ?? 'none';
          expect(await select(deps, `resize@${range}`).catch(() => 'none')).toBe(expected);
        },
      ),
      { numRuns: 100 },
    );
  });
});
