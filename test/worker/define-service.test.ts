import { describe, expect, test } from 'vitest';
import { invocationOfCause } from '../../core/jobs/model/invocation.ts';
import { ServiceFailure } from '../../worker/attempt/service-failure.ts';
import { defineService } from '../../worker/lambda/define-service.ts';
import { envelopeSample } from './envelope-sample.ts';
import { lambdaError } from './lambda-error.ts';

describe('defineService', () => {
  test('passes the parameters, the job and the worker access to the service', async () => {
    const handler = defineService(({ parameters, job, worker }) => ({ parameters, job, worker }));
    const parameters = { a: [1, null, 'x'] };
    expect(await handler({ ...envelopeSample, parameters })).toEqual({ ...envelopeSample, parameters });
  });

  test('returns the value of the service, awaited or not', async () => {
    const event = { ...envelopeSample, parameters: 20 };
    expect(await defineService(({ parameters }: { parameters: number }) => parameters + 1)(event)).toBe(21);
    expect(await defineService(async ({ parameters }: { parameters: number }) => parameters + 2)(event)).toBe(
      22,
    );
  });

  test('accepts null parameters and a job without name and traceparent', async () => {
    const { id, attempt, service, tags } = envelopeSample.job;
    const job = { id, attempt, service, tags };
    const handler = defineService(({ parameters }) => parameters);
    expect(await handler({ ...envelopeSample, job, parameters: null })).toBeNull();
  });

  test('passes any other error on unchanged', async () => {
    const error = new RangeError('too far');
    const handler = defineService(() => Promise.reject(error));
    await expect(handler({ ...envelopeSample, parameters: {} })).rejects.toBe(error);
  });

  const context = {
    awsRequestId: '8286a188-ba32-4475-8077-530cd35c09a9',
    logGroupName: '/own',
    logStreamName: '2026/11/30/[$LATEST]0123',
  };
  const throwing = (thrown: unknown) => () =>
    defineService(() => {
      throw thrown;
    })({ ...envelopeSample, parameters: {} }, context);

  test.each([
    ['a failure', new ServiceFailure('no')],
    ['an error', new RangeError('too far')],
  ])('names the invocation at the end of the stack of %s', async (_, thrown) => {
    const response = await lambdaError(throwing(thrown));
    const invocation = { requestId: context.awsRequestId, group: '/own', stream: context.logStreamName };
    expect(invocationOfCause(JSON.stringify(response))).toEqual(invocation);
  });

  test('passes on a value whose stack cannot be changed, or that has none', async () => {
    const unchangeable = Object.defineProperty(new RangeError('too far'), 'stack', {
      get: () => 'RangeError: too far',
      set: () => {
        throw new Error('this stack cannot be changed');
      },
    });
    for (const thrown of [unchangeable, 'no']) await expect(throwing(thrown)()).rejects.toBe(thrown);
  });

  test('throws a failure in its wire form, whether the service throws immediately or later', async () => {
    const failure = () => new ServiceFailure('no', { type: 'out-of-stock', retryable: true });
    const services = [
      () => {
        throw failure();
      },
      () => Promise.reject(failure()),
    ];
    for (const service of services) {
      const response = await lambdaError(() => defineService(service)({ ...envelopeSample, parameters: {} }));
      expect(response.errorType).toBe('ServiceFailure');
      expect(JSON.parse(response.errorMessage)).toEqual({
        message: 'no',
        type: 'out-of-stock',
        retryable: true,
      });
    }
  });

  test.each([
    ['nothing', undefined, ['"job"', '"worker"', '"parametersUrl"']],
    ['bare parameters', { csv: 'a\n1' }, ['"job"', '"worker"', '"parametersUrl"']],
    ['no parameters', { ...envelopeSample }, ['"parametersUrl"']],
    ['an address that is none', { ...envelopeSample, parametersUrl: 'secret here' }, ['"parametersUrl"']],
    ['no worker', { job: envelopeSample.job, parameters: {} }, ['"worker"']],
    ['a job of the wrong shape', { ...envelopeSample, job: { id: 1 }, parameters: {} }, ['"job"']],
  ])('refuses an event with %s, and reports the missing member', async (_, event, missing) => {
    let runs = 0;
    const response = await lambdaError(() => defineService(() => ++runs)(event));
    const { message, type, retryable } = JSON.parse(response.errorMessage);
    expect({ type, retryable, runs }).toEqual({ type: 'invalid-envelope', retryable: false, runs: 0 });
    for (const part of ['"job"', '"worker"', '"parametersUrl"']) {
      expect(message.includes(part)).toBe(missing.includes(part));
    }
    expect(message).not.toContain('secret');
  });
});
