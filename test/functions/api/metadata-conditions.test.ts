import { describe, expect, test } from 'vitest';
import { readMetadataConditions } from '../../../functions/api/lists/metadata-conditions.ts';
import { proxyEvent } from '../../support/proxy-event.ts';

const read = (query: string) => readMetadataConditions(proxyEvent({ path: `/v1/jobs?${query}` }));
const equals = (name: string, ...values: readonly (string | number)[]) => ({ kind: 'equals', name, values });

describe('filters by metadata', () => {
  test.each([
    ['metadata.run=7', equals('run', '7', 7)],
    ['metadata.run=7.0', equals('run', '7.0', 7)],
    ['metadata.run=-1.5e3', equals('run', '-1.5e3', -1500)],
    ['metadata.run=07', equals('run', '07')],
    ['metadata.run=%207', equals('run', ' 7')],
    ['metadata.run=0x10', equals('run', '0x10')],
    ['metadata.run=Infinity', equals('run', 'Infinity')],
    ['metadata.run=1e999', equals('run', '1e999')],
    ['metadata.run=9007199254740993', equals('run', '9007199254740993')],
    ['metadata.run=true', equals('run', 'true')],
    ['metadata.run=', equals('run', '')],
    ['metadata.site=north%20%C3%BC%26%23', equals('site', 'north ü&#')],
    ['metadata.min=3', equals('min', '3', 3)],
    ['metadata.run.min=-0.5', { kind: 'range', name: 'run', min: -0.5 }],
    ['metadata.run.max=1e300', { kind: 'range', name: 'run', max: 1e300 }],
    ['metadata.run.max=9&metadata.run.min=2', { kind: 'range', name: 'run', min: 2, max: 9 }],
    ['metadata.max.max=9', { kind: 'range', name: 'max', max: 9 }],
  ])('are read from %s', (query, condition) => {
    expect(read(query)).toMatchObject({ conditions: [condition], violations: [] });
  });

  test('are the same in any order of the parameters, and leave all other parameters', () => {
    const parameters = ['metadata.b=x', 'limit=5', 'metadata.a.max=9', 'metadata.a=1', 'metadata.a.min=0'];
    const first = read(parameters.join('&'));
    expect(first.conditions).toStrictEqual([
      equals('a', '1', 1),
      { kind: 'range', name: 'a', min: 0, max: 9 },
      equals('b', 'x'),
    ]);
    // A cursor is bound to the text of the conditions.
    const other = read(parameters.toReversed().join('&')).conditions;
    expect(JSON.stringify(other)).toBe(JSON.stringify(first.conditions));
    expect(first.rest.multiValueQueryStringParameters).toStrictEqual({ limit: ['5'] });
    const [similar] = read('metadata.a-b.min=1&metadata.a.min=1').conditions;
    expect(similar).toStrictEqual({ kind: 'range', name: 'a', min: 1 });
    expect(read('').conditions).toStrictEqual([]);
  });

  test.each([
    ['metadata.=1', '/metadata.', 'must be metadata.<member>'],
    ['metadata.7=1', '/metadata.7', 'must be metadata.<member>'],
    ['metadata.a.b=1', '/metadata.a.b', 'must be metadata.<member>'],
    ['metadata.a.min.max=1', '/metadata.a.min.max', 'must be metadata.<member>'],
    [`metadata.${'a'.repeat(64)}=1`, `/metadata.${'a'.repeat(64)}`, 'must be metadata.<member>'],
    ['metadata.a.min=', '/metadata.a.min', 'must be a number'],
    ['metadata.a.min=north', '/metadata.a.min', 'must be a number'],
    ['metadata.a.max=07', '/metadata.a.max', 'must be a number'],
    ['metadata.a.max=1e999', '/metadata.a.max', 'within the range of a double'],
    ['metadata.a.min=9007199254740993', '/metadata.a.min', 'must represent an integer exactly'],
    ['metadata.a=1&metadata.a=2', '/metadata.a', 'must be sent once, not 2 times'],
  ])('are refused: %s', (query, pointer, detail) => {
    const { conditions, violations } = read(query);
    expect(conditions).toStrictEqual([]);
    expect(violations).toStrictEqual([
      { pointer, detail: expect.stringContaining(detail), keyword: expect.any(String) },
    ]);
  });
});
