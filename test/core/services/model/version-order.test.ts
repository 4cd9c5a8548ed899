import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareVersions, isOlder, newestFirst } from '../../../../core/services/model/version-order.ts';

/** The examples of https://semver.org/#spec-item-11, and neighbours at and beyond 2^53, oldest first. */
const ascending = [
  '0.9.0',
  '1.0.0-0',
  '1.0.0-9007199254740991',
  '1.0.0-9007199254740992',
  '1.0.0-9007199254740993',
  '1.0.0-20261129174500123456',
  '1.0.0-20261129174500123457',
  '1.0.0--',
  '1.0.0-A',
  '1.0.0-alpha',
  '1.0.0-alpha.1',
  '1.0.0-alpha.9007199254740992',
  '1.0.0-alpha.9007199254740993',
  '1.0.0-alpha.9007199254740993.0',
  '1.0.0-alpha.beta',
  '1.0.0-beta',
  '1.0.0-beta.2',
  '1.0.0-beta.11',
  '1.0.0-rc.1',
  '1.0.0',
  '2.0.0',
  '2.1.0',
  '2.1.1',
  '10.0.0',
];

/** A second implementation of SemVer 2.0.0, section 11, with integers of any size. */
function oracle(left: string, right: string): number {
  const [a = '', ...restA] = left.split('-');
  const [b = '', ...restB] = right.split('-');
  const byRelease = compareAll(a, b);
  if (byRelease !== 0) return byRelease;
  if (restA.length === 0 || restB.length === 0) return Math.sign(restB.length - restA.length);
  return compareAll(restA.join('-'), restB.join('-'));
}

function compareAll(left: string, right: string): number {
  const [a, b] = [left.split('.'), right.split('.')];
  for (let index = 0; index < Math.min(a.length, b.length); index += 1) {
    const difference = compareOne(a[index] ?? '', b[index] ?? '');
    if (difference !== 0) return difference;
  }
  return Math.sign(a.length - b.length);
}

function compareOne(left: string, right: string): number {
  const [x, y] = [left, right].map((text) => (/^[0-9]+$/.test(text) ? BigInt(text) : text));
  if (typeof x === 'bigint' && typeof y === 'bigint') return x < y ? -1 : Number(x > y);
  if (typeof x === 'bigint') return -1;
  if (typeof y === 'bigint') return 1;
  return Math.sign(Buffer.compare(Buffer.from(left), Buffer.from(right)));
}

const aroundLimit = fc.bigInt({ min: 2n ** 53n - 4n, max: 2n ** 53n + 4n }).map(String);
const number = fc.oneof(
  fc.nat(3).map(String),
  aroundLimit,
  fc.bigInt({ min: 0n, max: 10n ** 25n }).map(String),
);
const identifier = fc.oneof(number, fc.stringMatching(/^[0-9A-Za-z-]{0,3}[A-Za-z-]$/));
const version = fc
  .tuple(fc.nat(2), fc.nat(2), fc.nat(2), fc.array(identifier, { maxLength: 3 }))
  .map(([major, minor, patch, prerelease]) => {
    const release = `${major}.${minor}.${patch}`;
    return prerelease.length === 0 ? release : `${release}-${prerelease.join('.')}`;
  });

describe('the order of versions', () => {
  test('follows the specification, also for identifiers of 2^53 and more', () => {
    expect(newestFirst(ascending.map((text) => ({ version: text })))).toEqual(
      ascending.toReversed().map((text) => ({ version: text })),
    );
    for (const [index, text] of ascending.slice(1).entries()) {
      expect(isOlder(ascending[index] ?? '', text)).toBe(true);
      expect(isOlder(text, ascending[index] ?? '')).toBe(false);
    }
  });

  test('agrees with a comparison by integers, and only identical texts are equal', () => {
    fc.assert(
      fc.property(version, version, (left, right) => {
        const difference = Math.sign(compareVersions(left, right));
        expect(difference).toBe(oracle(left, right));
        expect(difference === 0).toBe(left === right);
      }),
      { numRuns: 2000 },
    );
  });
});
