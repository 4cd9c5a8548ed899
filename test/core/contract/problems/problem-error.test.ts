import { describe, expect, test } from 'vitest';
import { toProblem, violationsError } from '../../../../core/contract/problems/problem-error.ts';
import { problemWithin } from '../../../../core/contract/problems/problem-within.ts';

const fault = (pointer: string, detail = 'must be a string') => ({ pointer, detail, keyword: 'type' });
const many = Array.from({ length: 90_000 }, (_, index) => fault(`/k${index}`));

describe('violationsError', () => {
  test('describes a single error in its message, and reports the number of several errors', () => {
    expect(violationsError('invalid-request', [fault('/a')]).message).toBe('/a: must be a string');
    expect(violationsError('invalid-request', [fault('')]).message).toBe('The body: must be a string');
    const two = violationsError('invalid-request', [fault('/a'), fault('/b')]);
    expect(two.message).toBe('2 errors');
    expect(two.extension.errors).toEqual([fault('/a'), fault('/b')]);
  });

  test('includes the first 1,000 of very many errors, and reports that in its message', () => {
    const { message, extension } = violationsError('invalid-request', many);
    expect(extension.errors).toEqual(many.slice(0, 1000));
    expect(message).toBe('90000 errors; the first 1000 are shown');
  });

  test('shortens a text as long as a body, between characters', () => {
    const error = violationsError('invalid-request', [fault(`/${'🙂'.repeat(200_000)}`)]);
    const [shown] = error.extension.errors ?? [];
    expect(shown?.pointer).toHaveLength(1001);
    expect(shown?.pointer).toMatch(/^\/(?:🙂)+.…$/u);
    expect(shown?.pointer.isWellFormed()).toBe(true);
    expect(JSON.stringify(toProblem(error)).length).toBeLessThan(10_000);
  });

  test('does not build the long pointers of errors that it omits', () => {
    const name = `/${'x'.repeat(300_000)}`;
    const faults = Array.from({ length: 100_000 }, (_, index) => fault(`${name}/${index}`));
    const before = process.memoryUsage().rss;
    expect(violationsError('invalid-request', faults).extension.errors).toHaveLength(1);
    expect(process.memoryUsage().rss - before).toBeLessThan(100_000_000);
  });
});

describe('problemWithin', () => {
  test('prefixes the pointers, and includes fewer errors of each of many parts', () => {
    const error = problemWithin('/jobs/7', violationsError('invalid-parameters', many));
    const shown = error.extension.errors ?? [];
    expect(shown[0]).toEqual(fault('/jobs/7/k0'));
    expect(shown.length).toBeGreaterThan(100);
    expect(JSON.stringify(shown).length).toBeLessThan(30_000);
  });
});
