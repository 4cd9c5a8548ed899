import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { literalViolations } from '../../../core/json-schema/schema/literal-violations.ts';

const pointersOf = (json: string) => literalViolations(json).map(({ pointer }) => pointer);

const inexact = (literal: string) =>
  `must be an integer that a double represents exactly, such as any within ±(2^53 - 1), not ${literal}; send it as a string`;

const beyond = (literal: string) =>
  `must be a number within the range of a double, not ${literal}; send it as a string`;

describe('an integer literal', () => {
  test.each(['9007199254740993', '-9007199254740993', '3889108265204450030', '12345678901234567890'])(
    'whose double has another value is refused: %s',
    (literal) => {
      expect(literalViolations(`{"a":[0,${literal}]}`)).toEqual([
        { pointer: '/a/1', detail: inexact(literal), keyword: 'type' },
      ]);
    },
  );

  test.each([
    '9007199254740991',
    '-9007199254740991',
    '0',
    '-0',
    '9007199254740992',
    '100000000000000000000',
  ])('whose double has the same value is accepted: %s', (literal) =>
    expect(literalViolations(literal)).toEqual([]),
  );

  test('that is a double but is serialized with another value is refused', () => {
    expect(JSON.stringify(2 ** 60)).toBe('1152921504606847000');
    expect(literalViolations('1152921504606847000')).toEqual([]);
    expect(literalViolations('1152921504606846976')).toHaveLength(1);
  });

  test('that is accepted is serialized with its value', () => {
    const digits = fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }).map(String);
    const written = fc
      .double({ min: -1e21, max: 1e21, noNaN: true })
      .map((number) => String(Math.trunc(number)));
    fc.assert(
      fc.property(fc.oneof(digits, written), (literal) => {
        if (/e/.test(literal) || literalViolations(literal).length > 0) return;
        const back = JSON.stringify(JSON.parse(literal));
        const [digitsBack = '', exponent = '0'] = back.split('e+');
        const [whole = '', fraction = ''] = digitsBack.split('.');
        expect(BigInt(whole + fraction.padEnd(Number(exponent), '0'))).toBe(BigInt(literal));
      }),
      { numRuns: 2000 },
    );
  });

  test('that JavaScript writes is accepted, whatever the number is', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (number) => {
        expect(literalViolations(JSON.stringify(number))).toEqual([]);
        expect(literalViolations(JSON.stringify(Math.round(number)))).toEqual([]);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('a number with a fraction or an exponent', () => {
  test.each([
    '0.1',
    '3889108265204450030.5',
    '1e20',
    '6.02214076e23',
    '6.0221407599999999e+23',
    '1E+300',
    '1e-400',
    '9007199254740993.0',
  ])('is rounded to the nearest double: %s', (literal) =>
    expect(literalViolations(`[${literal}]`)).toEqual([]),
  );
});

describe('a number beyond the range of a double', () => {
  test.each(['1e400', '-1e400', '1.5e309'])('is refused: %s', (literal) => {
    expect(literalViolations(`{"n":${literal}}`)).toEqual([
      { pointer: '/n', detail: beyond(literal), keyword: 'type' },
    ]);
  });

  test('is refused with a quotation of its start when it is long', () => {
    const [fault] = literalViolations('9'.repeat(1_000_000));
    expect(fault?.detail).toBe(beyond(`${'9'.repeat(40)}...`));
  });
});

describe('a name', () => {
  test('of an earlier member of the same object is refused at the later one', () => {
    const json = '{"a":1,"b":[{"c":{},"c":{"c":1},"d/~":0,"d\\/~":null}],"a":2,"a":3}';
    expect(pointersOf(json)).toEqual(['/b/0/c', '/b/0/d~1~0', '/a', '/a']);
  });

  test('can be used again in other objects', () => {
    expect(pointersOf('{"a":{"a":[{"a":"a"},{"a":"a"}]},"b":"a","c":["a","a"]}')).toEqual([]);
  });

  test('can be empty or an inherited name, once', () => {
    expect(pointersOf('{"":0,"__proto__":1,"constructor":2}')).toEqual([]);
    expect(pointersOf('{"":0,"__proto__":1,"":2,"__proto__":3}')).toEqual(['/', '/__proto__']);
  });
});

describe('the errors of a text', () => {
  test('are found outside of strings only', () => {
    expect(
      pointersOf(String.raw`{"9007199254740993":"\"9007199254740993,\\","t":[true,false,null]}`),
    ).toEqual([]);
  });

  test('are limited to the first 1,000, and fewer where their pointers are long', () => {
    const many = `[${Array(5000).fill('9007199254740993').join(',')}]`;
    expect(literalViolations(many)).toHaveLength(1000);
    expect(literalViolations(`{"${'x'.repeat(400_000)}":${many}}`)).toHaveLength(3);
  });

  test('are found in very deep values', () => {
    const levels = 400_000;
    expect(literalViolations(`${'['.repeat(levels)}1${']'.repeat(levels)}`)).toEqual([]);
  });

  test('do not exist for any JSON that JavaScript writes', () => {
    const scalars = [fc.string({ unit: 'binary' }), fc.double(), fc.boolean(), fc.constant(null)];
    const { value } = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        ...scalars,
        fc.array(tie('value')),
        fc.dictionary(fc.string({ unit: 'binary' }), tie('value')),
      ),
    }));
    fc.assert(
      fc.property(value, fc.constantFrom(undefined, 2), (any, indent) => {
        const json = JSON.stringify(any, undefined, indent);
        expect(literalViolations(json)).toEqual([]);
      }),
    );
  });
});
