import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { classifyLambdaFailure } from '../../core/jobs/attempts/classify-lambda-failure.ts';
import {
  ServiceFailure,
  serviceFailureMessageMaxLength,
  serviceFailureTypeMaxLength,
} from '../../worker/attempt/service-failure.ts';
import { defineService } from '../../worker/lambda/define-service.ts';
import { envelopeSample } from './envelope-sample.ts';
import { type LambdaError, lambdaError } from './lambda-error.ts';

const causeMaxLength = 32_768;

function travel(failure: ServiceFailure): Promise<LambdaError> {
  const handler = defineService(() => Promise.reject(failure));
  return lambdaError(() => handler({ ...envelopeSample, parameters: {} }));
}

describe('ServiceFailure', () => {
  test('is not retryable and has no type by default', async () => {
    const failure = new ServiceFailure('no');
    expect([failure.name, failure.message, failure.type, failure.retryable]).toEqual([
      'ServiceFailure',
      'no',
      undefined,
      false,
    ]);
    expect((await travel(failure)).errorMessage).toBe('{"message":"no","retryable":false}');
  });

  test('keeps its cause', () => {
    const cause = new Error('deeper');
    expect(new ServiceFailure('no', { cause }).cause).toBe(cause);
    expect('cause' in new ServiceFailure('no')).toBe(false);
  });

  test('arrives complete, whatever its text', async () => {
    const texts = fc.string({ unit: 'binary', maxLength: 300 });
    await fc.assert(
      fc.asyncProperty(texts, texts, fc.boolean(), async (message, type, retryable) => {
        fc.pre(type.length <= serviceFailureTypeMaxLength);
        const response = await travel(new ServiceFailure(message, { type, retryable }));
        const cause = JSON.stringify(response);
        expect(JSON.parse(JSON.parse(cause).errorMessage)).toEqual({ message, type, retryable });
      }),
    );
  });

  test.each([
    ['letters', 'a'],
    ['control characters', '\u0001'],
    ['deletes', '\u007f'],
    ['quotes', '"'],
    ['surrogate pairs', '😀'],
    ['lines that look like frames', '\n    at x'],
  ])('truncates endless %s, so that the cause is never cut inside its JSON', async (_, unit) => {
    const response = await travel(new ServiceFailure(unit.repeat(20_000), { type: unit.repeat(20_000) }));
    expect(JSON.stringify(response).length).toBeLessThan(causeMaxLength);
    const { message, type } = JSON.parse(response.errorMessage);
    expect(message).toMatch(/…$/);
    expect(message.length).toBeGreaterThan(serviceFailureMessageMaxLength - 3);
    expect(message.length).toBeLessThanOrEqual(serviceFailureMessageMaxLength);
    expect(type.length).toBeLessThanOrEqual(serviceFailureTypeMaxLength);
    expect(message.isWellFormed()).toBe(true);
  });

  test('does not parse a line of the message as a frame, and truncates frames of endless names', async () => {
    const name = 'f'.repeat(40_000);
    const { [name]: fail } = { [name]: () => new ServiceFailure('here:\n    at nowhere') };
    const response = await travel(fail?.() ?? new ServiceFailure('not made'));
    expect(response.trace.join('\n')).not.toContain('nowhere');
    expect(response.trace[1]).toMatch(/^ {4}at .*fff$/);
    expect(JSON.stringify(response).length).toBeLessThan(causeMaxLength);
  });

  test('is read by the job service with its message and its request for a retry', async () => {
    const response = await travel(
      new ServiceFailure('The shelf is empty.', { type: 'out-of-stock', retryable: true }),
    );
    const read = classifyLambdaFailure({ Error: response.errorType, Cause: JSON.stringify(response) });
    expect(read).toMatchObject({ code: 'service-failed', retryable: true });
    expect(read.detail).toContain('The shelf is empty.');
    expect(read.detail).toContain('out-of-stock');
  });

  test('leaves a message of the maximum length unchanged', async () => {
    const message = 'm'.repeat(serviceFailureMessageMaxLength);
    expect(JSON.parse((await travel(new ServiceFailure(message))).errorMessage).message).toBe(message);
  });

  test('shows where it was thrown, but its message only once', async () => {
    const response = await travel(new ServiceFailure('a very special message'));
    expect(response.trace[0]).toBe('ServiceFailure');
    expect(response.trace.join('\n')).toContain('service-failure.test.ts');
    expect(response.trace.join('\n')).not.toContain('very special');
  });
});
