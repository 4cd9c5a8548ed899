import { expect, test } from 'vitest';
import { failureReport } from '../../core/contract/schemas/worker-schemas.ts';
import { describeThrown } from '../../worker/attempt/describe-thrown.ts';
import { failAttempt } from '../../worker/attempt/fail-attempt.ts';
import { toThrownError } from '../../worker/attempt/thrown-error.ts';
import { throwables } from './throwables.ts';
import { attemptOn } from './worker-call.ts';

test.each(Object.keys(throwables))(
  '%s is reported as a failure that the worker routes accept',
  async (name) => {
    const { server, attempt } = await attemptOn();
    expect(await failAttempt(attempt, throwables[name])).toMatchObject({ kind: 'accepted' });
    const report: unknown = JSON.parse(server.to('/fail')[0]?.text ?? '');
    expect(failureReport.safeParse(report)).toMatchObject({ success: true });
  },
);

test.each(Object.keys(throwables))(
  '%s leaves a Lambda function as an error that Lambda can describe',
  (name) => {
    const thrown = toThrownError(throwables[name]);
    // As https://github.com/aws/aws-lambda-nodejs-runtime-interface-client/blob/main/src/Errors.js does it.
    const described =
      thrown instanceof Error
        ? [thrown.name, thrown.message, thrown.stack?.split('\n')]
        : [typeof thrown, (thrown as object).toString(), []];
    for (const text of described.slice(0, 2)) expect(typeof text).toBe('string');
  },
);

test('a report has the text of the error, whatever else is wrong with it', () => {
  expect(describeThrown(throwables['an object without a prototype'])).toEqual({
    message: '[Object: null prototype] { code: 7 }',
  });
  expect(describeThrown(throwables['an error whose message is an object'])).toEqual({
    message: '{ code: 7 }',
    type: 'Error',
  });
  expect(describeThrown(throwables['an error whose name throws'])).toEqual({ message: 'm' });
  expect(describeThrown(throwables['a frozen error'])).toEqual({ message: 'frozen', type: 'RangeError' });
});

test('an error that Lambda can describe is thrown unchanged', () => {
  for (const error of [new RangeError('too far'), 'text', 5]) expect(toThrownError(error)).toBe(error);
});
