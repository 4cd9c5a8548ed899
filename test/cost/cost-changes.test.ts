import { expect, test } from 'vitest';
import { costChanges } from './cost-changes.ts';
import { lambdaJobPin } from './job-pins.ts';

test('equal counts are no change', () => {
  expect(costChanges(lambdaJobPin, structuredClone(lambdaJobPin))).toEqual([]);
});

test('a call that grew is named', () => {
  const calls = { ...lambdaJobPin.calls, 'errand-settle dynamodb:GetItem': 2 };
  expect(costChanges(lambdaJobPin, { ...lambdaJobPin, calls })).toEqual([
    'calls of errand-settle dynamodb:GetItem grew from 1 to 2: every job would cost more',
  ]);
});

test('a new call is named', () => {
  const calls = { ...lambdaJobPin.calls, 'errand-submit s3:PutObject': 1 };
  expect(costChanges(lambdaJobPin, { ...lambdaJobPin, calls })).toEqual([
    'calls of errand-submit s3:PutObject grew from 0 to 1: every job would cost more',
  ]);
});

test('an amount that fell requires a lower pin', () => {
  expect(costChanges(lambdaJobPin, { ...lambdaJobPin, busEvents: 2 })).toEqual([
    'busEvents fell from 3 to 2: lower the pin in test/cost/job-pins.ts',
  ]);
});
