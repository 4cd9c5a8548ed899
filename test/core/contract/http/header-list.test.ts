import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  entityTagPattern,
  parameterizedPattern,
  parseList,
  parseParameterized,
  tokenPattern,
} from '../../../../core/contract/http/header-list.ts';

const tokenCharacters = [..."!#$%&'*+-.^_`|~0189AZaz"];
const token = fc.string({ unit: fc.constantFrom(...tokenCharacters), minLength: 1, maxLength: 8 });
/** The content of a quoted string, including escapes, commas, quotes and semicolons. */
const quotable = fc.string({ unit: fc.constantFrom(...'",;=\\ \taé'), maxLength: 8 });
const space = fc.constantFrom('', ' ', '\t', ' \t ');
const quoted = (text: string) => `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
const tag = fc.string({ unit: fc.constantFrom(...',;\\az!~é'), maxLength: 8 }).map((text) => `"${text}"`);
const entityTag = fc.tuple(fc.constantFrom('', 'W/'), tag).map((parts) => parts.join(''));

/** Elements joined with white space and empty elements, which RFC 9110, 5.6.1.2, requires a recipient to accept. */
const joined = (elements: readonly string[]) =>
  fc
    .array(fc.tuple(space, space, fc.constantFrom(',', ',,', ', ,')), {
      minLength: elements.length,
      maxLength: elements.length,
    })
    .map((gaps) =>
      elements.map((one, at) => `${gaps[at]?.[0]}${one}${gaps[at]?.[1]}${gaps[at]?.[2]}`).join(''),
    );

const parameterized = fc.record({
  name: token,
  type: fc.option(token),
  parameters: fc.array(fc.tuple(token, fc.oneof(token, quotable.map(quoted)), space, space), {
    maxLength: 3,
  }),
});

describe('a list of a header', () => {
  test.each([
    ['tokens', tokenPattern, token],
    ['entity tags', entityTagPattern, entityTag],
  ] as const)(
    'of %s is read as it was written, whatever the white space and empty elements',
    (_, form, one) => {
      const lists = fc.array(one, { maxLength: 5 });
      const cases = lists.chain((elements) => fc.tuple(fc.constant(elements), joined(elements)));
      fc.assert(
        fc.property(cases, ([elements, text]) => {
          expect(parseList(text, form)).toEqual(elements);
        }),
      );
    },
  );

  test('of parameterized elements is read as it was written, including quoted commas and semicolons', () => {
    fc.assert(
      fc.property(parameterized, token, ({ name, type, parameters }, next) => {
        const whole = type === null ? name : `${name}/${type}`;
        const text = parameters.map(([key, value, before, after]) => `${before};${after}${key}=${value}`);
        const element = `${whole}${text.join('')}`;
        expect(parseList(`${element}, ${next}`, parameterizedPattern)).toEqual([element, next]);
        const read = parseParameterized(element);
        expect(read).toMatchObject({ name: whole.toLowerCase(), value: '' });
        const [first] = parameters;
        if (first === undefined) return;
        const value = first[1].startsWith('"') ? first[1].slice(1, -1).replaceAll(/\\(.)/g, '$1') : first[1];
        expect(read.parameters.get(first[0].toLowerCase())).toBe(value);
      }),
    );
  });

  test.each([
    ['a b, c', [undefined, 'c']],
    ['"a, b", c', [undefined, 'c']],
    ['a, "b, c', ['a', undefined]],
    ['é,a', [undefined, 'a']],
    [' , ,', []],
    ['', []],
  ])('%j has an undefined element for each element of another form', (text, elements) => {
    expect(parseList(text, tokenPattern)).toEqual(elements);
  });

  test('never throws, terminates, and takes time in proportion to its length', () => {
    const forms = [tokenPattern, entityTagPattern, parameterizedPattern];
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'",;=\\/ \taWé\n'), maxLength: 60 }), (text) => {
        for (const form of forms) for (const one of parseList(text, form)) parseParameterized(one ?? '');
      }),
    );
    const startedAt = performance.now();
    for (const part of ['"', 'a="', ',', 'a ', '"\\', 'a;', ';=', 'W/"', '\t'])
      for (const form of forms) parseList(part.repeat(10_000), form);
    expect(performance.now() - startedAt).toBeLessThan(2000);
  });
});

describe('a parameterized element', () => {
  test('has its name and the names of its parameters in lower case, and the first value of a repeated parameter', () => {
    const { name, value, parameters } = parseParameterized('Text/HTML ;Q=0.5; Level="a\\"b";q=1;flag');
    expect({ name, value }).toEqual({ name: 'text/html', value: '' });
    expect(Object.fromEntries(parameters)).toEqual({ q: '0.5', level: 'a"b', flag: '' });
  });

  test('can have a value of its own', () => {
    expect(parseParameterized('wait = "10";x=y')).toMatchObject({ name: 'wait', value: '10' });
  });
});
