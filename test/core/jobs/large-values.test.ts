import { fork } from 'node:child_process';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { beforeAll, describe, expect, test } from 'vitest';
import { heapLimits } from '../../../local/lambda/thread/start-worker.ts';
import { synthesizedApp } from '../../infra/support/synthesized-app.ts';
import type { LargeValue } from './fixture/check-large-value.ts';

/** The part of the heap that the SDK and the rest of a function's code use. */
const otherMegabytes = 32;
const largestBody = 1_040_000;
const largestUpload = 4_194_304;

let memoryMegabytes: number;
beforeAll(async () => {
  const { errand, batch } = await synthesizedApp();
  const functions = [errand, batch].flatMap((template) =>
    Object.values(template.findResources('AWS::Lambda::Function')),
  );
  expect(functions.length).toBeGreaterThan(9);
  memoryMegabytes = Math.min(...functions.map(({ Properties }) => Properties.MemorySize));
});

/**
 * The outcome of a value in a process with the heap of the smallest function. In a thread of this process, a crash of V8 would end all
 * tests of the file without a message.
 */
async function outcomeOf(value: LargeValue): Promise<string> {
  const { maxOldGenerationSizeMb, maxYoungGenerationSizeMb = 0 } = heapLimits(
    memoryMegabytes - otherMegabytes,
  );
  const child = fork(new URL('./fixture/check-large-value.ts', import.meta.url), {
    // The young generation consists of three semi-spaces.
    execArgv: [
      `--max-old-space-size=${maxOldGenerationSizeMb}`,
      `--max-semi-space-size=${Math.floor(maxYoungGenerationSizeMb / 3)}`,
    ],
    stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
  });
  let outcome: string | undefined;
  child.on('message', (message) => {
    outcome = String(message);
  });
  child.send(value);
  const [errors, [status, signal]] = await Promise.all([
    text(child.stderr ?? Readable.from([])),
    once(child, 'exit'),
  ]);
  return outcome ?? `ended with ${signal ?? status}: ${errors.slice(-4_000)}`;
}

const six = { items: { required: ['a', 'b', 'c', 'd', 'e', 'f'] } };
const integers = { items: { type: 'integer' } };
const texts = { items: { type: 'string' } };
const forms = { items: { anyOf: [six.items, { type: 'string' }, { type: 'array' }] } };
const behindReference = { items: { $ref: '#/$defs/n' }, $defs: { n: { type: 'integer' } } };
const closed = { items: { properties: { a: {} }, unevaluatedProperties: false }, unevaluatedItems: false };
const defaults = { items: { properties: { a: { default: 1 } } } };

type Case = readonly [title: string, schema: LargeValue['schema'], item: string, outcome: 'fits' | 'misfit'];

const cases: readonly Case[] = [
  ['numbers that fit', integers, '1', 'fits'],
  ['numbers that fit behind a reference', behindReference, '1', 'fits'],
  ['numbers that do not fit', texts, '1', 'misfit'],
  ['fractions, all of them multiples', { items: { multipleOf: 0.01 } }, '1.25', 'fits'],
  ['lists that fit', { items: { type: 'array' } }, '[1,2,3]', 'fits'],
  ['objects that fit', { items: { type: 'object' } }, '{"a":1}', 'fits'],
  ['objects that lack six members', six, '{"x":1}', 'misfit'],
  ['items that fit no form', forms, '{"x":1}', 'misfit'],
  ['objects with members too many', closed, '{"b":1}', 'misfit'],
  ['objects to be filled in beyond the bound', defaults, '{"b":1}', 'misfit'],
  ['items that are equal', { uniqueItems: true }, '{"a":1}', 'misfit'],
  ['items that are all different', { uniqueItems: true }, '{"a":#}', 'fits'],
];

describe.each([
  ['parameters', largestBody, 'accepted', 'invalid-parameters'],
  ['upload', largestUpload, 'succeeded', 'invalid-result'],
] as const)('the largest %s of a function with its real memory', (as, sizeBytes, good, bad) => {
  test.each(cases)('is accepted as %s', async (_title, schema, item, outcome) => {
    expect(await outcomeOf({ as, schema, item, sizeBytes })).toBe(outcome === 'fits' ? good : bad);
  });

  test('is accepted as one object with very many members', async () => {
    const [item, ends] = ['"#":1', ['{', '}'] as const];
    const wide = { as, schema: { additionalProperties: { type: 'string' } }, item, sizeBytes, ends };
    expect(await outcomeOf(wide)).toBe(bad);
  });

  test('is accepted as one long text with a pattern', async () => {
    const text = { as, schema: { pattern: '^[a,]+$' }, item: 'a', sizeBytes, ends: ['"', '"'] as const };
    expect(await outcomeOf(text)).toBe(good);
  });
});

describe('an uploaded list of the smallest objects', () => {
  test('of 2 MB is checked in the memory of a function', async () => {
    const value = { as: 'upload', schema: six, item: '{}', sizeBytes: 2_099_000 } as const;
    expect(await outcomeOf(value)).toBe('invalid-result');
    expect(await outcomeOf({ ...value, schema: {} })).toBe('succeeded');
  });

  test('of 4 MB is refused unchecked, because parsing alone exceeds the memory of a function', async () => {
    const value = { as: 'upload', schema: {}, item: '{}', sizeBytes: largestUpload } as const;
    expect(await outcomeOf(value)).toBe('invalid-result');
  });
});

test('an upload of nested objects is refused for its depth, in the memory of a function', async () => {
  const [depth, opening] = [699_000, '{"":'];
  const ends = [`${opening.repeat(depth)}1`, '}'.repeat(depth)] as const;
  const value = { as: 'upload', schema: {}, item: '', sizeBytes: 0, ends } as const;
  expect(await outcomeOf(value)).toBe('invalid-result');
});

test('the largest result that a worker reports in a call is checked in the memory of a function', async () => {
  const result = { as: 'result', schema: six, item: '{}', sizeBytes: largestBody } as const;
  expect(await outcomeOf(result)).toBe('invalid-result');
  expect(await outcomeOf({ ...result, schema: {} })).toBe('succeeded');
});
