import { describe, expect, test } from 'vitest';
import {
  compilePath,
  compileResultPath,
  valueAt,
  withResult,
} from '../../stepfunctions/interpreter/reference-path.ts';

const input: unknown = JSON.parse('{"a":[{"b c":1}],"é-1":2,"__proto__":{"x":3},"0":4}');
const sources = { input, context: { Execution: { Id: 'e' } } };

test.each([
  ['$', input],
  ['$.a[0]', { 'b c': 1 }],
  ["$['a'][0]['b c']", 1],
  ['$.a[0]["b c"]', 1],
  ['$.é-1', 2],
  ['$.__proto__.x', 3],
  ['$$.Execution.Id', 'e'],
  ['$$', sources.context],
])('%s refers to a value', (text, expected) => {
  expect(valueAt(compilePath(text, 'InputPath', 'A'), sources)).toEqual(expected);
});

test.each(['$.b', '$.a.length', '$.a[1]', '$.a[0].b', '$[0]', '$.constructor', '$.a.0', '$$.State'])(
  '%s refers to nothing, which the error states',
  (text) => {
    const path = compilePath(text, 'InputPath', 'A');
    expect(() => valueAt(path, sources)).toThrow(
      `The JSONPath '${text}' specified for the field 'InputPath'`,
    );
  },
);

test.each([
  '$.a[*]',
  '$..a',
  '$.a[0:2]',
  '$.a[?(@.b == 1)]',
  '$.a[-1]',
  '$.a.length()',
  '$.',
  '$a',
  'a',
  "$['a\\'b']",
  '$$.Task.Token',
  '$$.Map.Item.Value',
  'States.UUID()',
  7,
])('%s is refused, and the error names the field and the path', (text) => {
  expect(() => compilePath(text, 'InputPath', 'Machine M, state A')).toThrow(
    `Machine M, state A, InputPath: ${text} is not supported`,
  );
});

describe('a ResultPath', () => {
  test('of any member name writes a member of its own', () => {
    const path = compileResultPath('$.__proto__.b', 'A');
    expect(JSON.stringify(withResult(path, {}, 1))).toBe('{"__proto__":{"b":1}}');
  });

  test.each(['$.a[0]', '$$.State', '$$'])('cannot be %s', (text) => {
    expect(() => compileResultPath(text, 'State A')).toThrow(`State A, ResultPath: ${text} is not supported`);
  });
});
