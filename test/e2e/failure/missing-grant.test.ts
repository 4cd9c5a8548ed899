import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { until } from '../../../local/test/fixture/until.ts';
import {
  checkIntervalSeconds,
  withoutGrant,
  withoutTrust,
} from '../../support/local-service/assembly-changes.ts';
import type { AssemblyChange } from '../../support/local-service/assembly-copy.ts';
import { startChangedErrand } from '../../support/local-service/changed-errand.ts';
import { endedJob, reconcileUntilEnded, statesOf, submitJob } from '../../support/local-service/ended-job.ts';
import type { TestErrand } from '../../support/local-service/local-errand.ts';

let errand: TestErrand;
const said: string[] = [];

function start(...changes: readonly AssemblyChange[]): void {
  beforeAll(async () => {
    said.length = 0;
    errand = await startChangedErrand([checkIntervalSeconds(1), ...changes], {
      print: (line) => said.push(line),
    });
  });
  afterAll(() => errand?.end());
}

/** Waits for it, because the lines of a function are written after its response. */
async function logged(functionName: string, line: RegExp): Promise<void> {
  const file = join(errand.dataDirectory, 'logs', `${functionName}.log`);
  await until(
    `${functionName} logs ${line}`,
    () => existsSync(file) && line.test(readFileSync(file, 'utf8')),
  );
}

describe('without the grant to write the table,', () => {
  start(withoutGrant('SubmitRole', 'dynamodb:PutItem', 'JobsTable'));

  test('a submission is refused as an internal error, and the log names action, resource and role', async () => {
    const response = await errand.call('/v1/jobs', { body: { service: 'echo' } });
    expect(response.status).toBe(500);
    expect(JSON.stringify(response.body)).not.toContain('dynamodb');
    const denial =
      /AccessDeniedException.*assumed-role\/[^/]*SubmitRole[^/]*\/.* is not authorized to perform: dynamodb:PutItem on resource: arn:aws:dynamodb:[^ ]*:table\//;
    await logged('errand-submit', denial);
    expect(said.join('\n')).toMatch(denial);
  });
});

describe('without the grant to invoke services,', () => {
  start(withoutGrant('ServiceInvokerRole', 'lambda:InvokeFunction', 'errand-service-'));

  test('a job ends as misconfigured, naming action and function; only the log names the role', async () => {
    const { id } = await submitJob(errand, { service: 'echo' });
    expect(await endedJob(errand, id)).toMatchObject({ status: 'error', error: { code: 'misconfigured' } });
    const { error } = (await errand.call(`/v1/jobs/${id}`)).body;
    expect(error.detail).toMatch(
      /^User: \[hidden\] .*is not authorized to perform: lambda:InvokeFunction on resource: function errand-service-echo/,
    );
    expect(error.detail).toContain('AccessDeniedException');
    expect(error.detail).not.toMatch(/arn:|\d{12}|Request ID|Role/);
    await logged('errand-settle', /aws-text.*ServiceInvokerRole.*function:errand-service-echo/);
  });
});

describe.each([
  [
    'without the grant to assume the role that invokes services',
    withoutGrant('ExpressRouterRole', 'sts:AssumeRole', 'Invoker'),
  ],
  ['when that role no longer trusts any principal', withoutTrust('ServiceInvokerRole')],
])('%s:', (_, change) => {
  start(change);

  test('a job ends as misconfigured at its first attempt', async () => {
    const { id } = await submitJob(errand, { service: 'echo' });
    expect(await endedJob(errand, id)).toMatchObject({
      status: 'error',
      attempt: 1,
      error: {
        code: 'misconfigured',
        detail: "The role [hidden] is not authorized to assume the task state's role, [hidden].",
      },
    });
  });
});

describe("without the state machine's grant to invoke the function that claims,", () => {
  start(withoutGrant('ExpressRouterRole', 'lambda:InvokeFunction', 'Dispatch'));

  test('the denied call is logged, and the job ends at its queue limit', async () => {
    const { id } = await submitJob(errand, { service: 'echo', queueTimeoutSeconds: 2 });
    expect(await reconcileUntilEnded(errand, id)).toMatchObject({
      attempt: 0,
      error: { code: 'queue-timeout' },
    });
    expect(said.join('\n')).toMatch(
      /AccessDeniedException: .*ExpressRouterRole.* is not authorized to perform: lambda:InvokeFunction on resource: .*:errand-dispatch/,
    );
  });
});

describe('without the grant to start executions on submission,', () => {
  start(withoutGrant('SubmitRole', 'states:StartExecution', 'errand-job-router'));

  test('the reconciler starts a job, and the log names action and role', async () => {
    const { id } = await submitJob(errand, { service: 'echo', parameters: { still: 'run' } });
    expect(await reconcileUntilEnded(errand, id)).toMatchObject({
      status: 'succeeded',
      attempt: 1,
      result: { still: 'run' },
    });
    expect(await statesOf(errand, id)).toEqual(['pending', 'executing', 'succeeded']);
    await logged(
      'errand-submit',
      /start-failed.*SubmitRole.* is not authorized to perform: states:StartExecution/,
    );
  });
});
