import { describe, expect, test } from 'vitest';
import type { BusEvent } from '../../events/event.ts';
import { parseTargetInput } from '../../events/target-input.ts';

const testEvent: BusEvent = {
  version: '0',
  id: 'e1',
  'detail-type': 'T',
  source: 'app',
  account: '1',
  time: '2026-01-01T00:00:00Z',
  region: 'r',
  resources: ['arn:a'],
  detail: { name: 'Jo "J"', count: 2, list: [1, { a: 'b' }], 'a-b': true },
};
const testRule = { arn: 'arn:rule', name: 'rule' };
const made = (target: object): string => parseTargetInput({ ...target }, testRule, 'Target')(testEvent);

describe('the input of a target', () => {
  test('is the whole event by default', () => {
    expect(JSON.parse(made({}))).toEqual(testEvent);
  });

  test('is the constant in Input', () => {
    expect(made({ Input: '{"a":1}' })).toBe('{"a":1}');
  });

  test.each([
    ['$', testEvent],
    ['$.detail.count', 2],
    ['$.detail.list[1].a', 'b'],
    ['$.detail.a-b', true],
    ["$['detail']['name']", 'Jo "J"'],
    ['$.detail.missing.deep', null],
  ])('is the value that InputPath %s selects', (path, expected) => {
    expect(JSON.parse(made({ InputPath: path }))).toEqual(expected);
  });

  test('is rendered from a template, inside and outside of strings', () => {
    const InputPathsMap = {
      n: '$.detail.name',
      c: '$.detail.count',
      l: '$.detail.list',
      none: '$.detail.none',
    };
    const InputTemplate =
      '{"text":"<n> has <c>","name":<n>,"count":<c>,"list":<l>,"none":<none>,"empty":"<none>","rule":"<aws.events.rule-name>"}';
    expect(JSON.parse(made({ InputTransformer: { InputPathsMap, InputTemplate } }))).toEqual({
      text: 'Jo "J" has 2',
      name: 'Jo "J"',
      count: 2,
      list: [1, { a: 'b' }],
      none: null,
      empty: '',
      rule: 'rule',
    });
  });

  test('contains the event with or without its detail by reserved names', () => {
    const whole = made({ InputTransformer: { InputTemplate: '{"e":<aws.events.event.json>}' } });
    expect(JSON.parse(whole)).toEqual({ e: testEvent });
    const { detail: _, ...rest } = testEvent;
    expect(JSON.parse(made({ InputTransformer: { InputTemplate: '<aws.events.event>' } }))).toEqual(rest);
  });

  test.each([
    [{ InputPath: '$..name' }, '$..name'],
    [{ InputTransformer: { InputTemplate: '{"a":<b>}' } }, '<b>'],
    [{ InputTransformer: { InputTemplate: '1', Other: 1 } }, 'Other'],
  ])('with %j is refused, and the error names the member', (target, words) => {
    expect(() => made(target)).toThrow(words);
  });
});
