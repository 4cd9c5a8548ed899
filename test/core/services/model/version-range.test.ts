import fc from 'fast-check';
import semver from 'semver';
import { describe, expect, test } from 'vitest';
import { inRange, isRange } from '../../../../core/services/model/version-range.ts';

describe('a range of versions', () => {
  test.each([
    ['>=1.0.0-9007199254740993', '1.0.0-9007199254740992', false],
    ['>=1.0.0-9007199254740993', '1.0.0-9007199254740993', true],
    ['>1.0.0-9007199254740992', '1.0.0-9007199254740993', true],
    ['<1.0.0-9007199254740993', '1.0.0-9007199254740992', true],
    ['<=1.0.0-9007199254740992', '1.0.0-9007199254740993', false],
    ['~1.0.0-rc.20261129174500123457', '1.0.0-rc.20261129174500123456', false],
    ['~1.0.0-rc.20261129174500123457', '1.0.0-rc.20261129174500123458', true],
    ['=1.0.0-9007199254740993 || 2', '1.0.0-9007199254740992', false],
    ['=1.0.0-9007199254740993 || 2', '2.3.4', true],
    ['*', '1.0.0-9007199254740993', false],
    ['^1.0.0-0', '1.0.1-0', false],
    ['>=1.0.0-9007199254740993+build.9007199254740993', '1.0.0-9007199254740993', true],
  ])('%s includes %s: %s', (range, version, included) => {
    expect(inRange(range)(version)).toBe(included);
  });

  test('includes what the semver package includes wherever its numbers are exact', () => {
    const number = fc.constantFrom('0', '1', '2', '10', '9007199254740990');
    const prerelease = fc.constantFrom('', '-0', '-1', '-10', '-a', '-a.1', '-a.9007199254740990', '--');
    const small = fc.constantFrom('0', '1', '2');
    const version = fc
      .tuple(small, small, number, prerelease)
      .map(([a, b, c, pre]) => `${a}.${b}.${c}${pre}`);
    const partial = fc.constantFrom('', '*', '1', '1.x', '1.2', '2.0.*');
    const operator = fc.constantFrom('', '=', '^', '~', '>', '>=', '<', '<=');
    const simple = fc.tuple(operator, fc.oneof(version, partial)).map((parts) => parts.join(''));
    const hyphen = fc.tuple(version, version).map((ends) => ends.join(' - '));
    const range = fc
      .array(
        fc.oneof(
          hyphen,
          fc.array(simple, { minLength: 1, maxLength: 3 }).map((all) => all.join(' ')),
        ),
        {
          minLength: 1,
          maxLength: 3,
        },
      )
      .map((alternatives) => alternatives.join(' || '))
      .filter(isRange);
    fc.assert(
      fc.property(range, version, (theRange, theVersion) => {
        expect(inRange(theRange)(theVersion)).toBe(semver.satisfies(theVersion, theRange));
      }),
      { numRuns: 2000 },
    );
  });
});
