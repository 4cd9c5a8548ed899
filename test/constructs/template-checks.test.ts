import { App, Stack } from 'aws-cdk-lib';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { BatchService } from '../../constructs/batch-service.ts';
import { JobEvents } from '../../constructs/job-events.ts';
import { LambdaService } from '../../constructs/lambda-service.ts';
import { addTemplateChecks } from '../../infra/template-checks.ts';
import {
  batchService,
  deleteFolders,
  folderWith,
  lambdaService,
  pythonService,
} from './support/service-folder.ts';

/** A policy validation report is an exception if the assembly is used in the process that creates it. */
function checkedApp() {
  const app = new App({ outdir: folderWith({}) });
  addTemplateChecks(app);
  return { app, stack: new Stack(app, 'Team') };
}

const queueArn = 'arn:aws:sqs:eu-central-1:111122223333:ended';

afterAll(deleteFolders);
// The CDK and cdk-nag load their modules when they are used first, which can take longer than a test on a busy machine.
beforeAll(() => {
  const { app, stack } = checkedApp();
  new Queue(stack, 'Open');
  expect(() => app.synth()).toThrow();
});

test('everything that the constructs create passes the checks of cdk-nag', () => {
  const { app, stack } = checkedApp();
  new LambdaService(stack, 'Thumbnails', { manifest: lambdaService() });
  new LambdaService(stack, 'MatchNames', { manifest: pythonService() });
  new BatchService(stack, 'Render', { manifest: batchService() });
  new JobEvents(stack, 'JobEvents', {
    services: ['thumbnails'],
    target: { bind: () => ({ arn: queueArn }) },
  });
  expect(() => app.synth()).not.toThrow();
});

test('an older runtime that a manifest names is reported', () => {
  const { app, stack } = checkedApp();
  new LambdaService(stack, 'MatchNames', { manifest: pythonService({ runtime: 'python3.12' }) });
  expect(() => app.synth()).toThrow(/AwsSolutions-L1/);
});

test('a finding of cdk-nag outside the constructs is reported', () => {
  const { app, stack } = checkedApp();
  new Queue(stack, 'Open');
  expect(() => app.synth()).toThrow(/AwsSolutions-SQS4/);
});
