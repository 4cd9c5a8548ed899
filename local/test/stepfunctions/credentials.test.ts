import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { accessDenied } from '../../aws-error.ts';
import type { FunctionInvoker, Resource } from '../../cloud.ts';
import { accessControl } from '../../iam/access-control.ts';
import { roleAssumption } from '../../iam/assume-role.ts';
import { type StepFunctions, startStepFunctions } from '../../stepfunctions/start-step-functions.ts';
import { accountId, modelOf, testRegion } from '../fixture/model-of.ts';
import { call, ended, machineArn, machineResource, roleArn, temporaryDirectory } from './machine-fixture.ts';

const testInvoker = `arn:aws:iam::${accountId}:role/invoker`;
const definition = (credentials: object = { RoleArn: testInvoker }) => ({
  StartAt: 'Invoke',
  States: {
    Invoke: {
      Type: 'Task',
      Resource: 'arn:aws:states:::lambda:invoke',
      Credentials: credentials,
      Parameters: { 'FunctionName.$': '$.name', Payload: {} },
      TimeoutSecondsPath: '$.limit',
      ResultSelector: { 'value.$': '$.Payload' },
      Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.error', Next: 'Caught' }],
      End: true,
    },
    Caught: { Type: 'Succeed' },
  },
});

const invoke = (resource: string) => ({
  Effect: 'Allow',
  Action: 'lambda:InvokeFunction',
  Resource: `arn:aws:lambda:${testRegion}:${accountId}:function:${resource}`,
});
const assume = { Effect: 'Allow', Action: 'sts:AssumeRole', Resource: testInvoker };
const trust = (principal: unknown) => ({ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: principal });

function role(arn: string, trusted: object, statements: readonly object[]): Resource {
  const ref = arn.split('/').at(-1) ?? arn;
  return {
    stack: 'Test',
    logicalId: ref,
    type: 'AWS::IAM::Role',
    ref,
    arn,
    properties: {
      AssumeRolePolicyDocument: { Statement: [trusted] },
      Policies: [{ PolicyName: 'p', PolicyDocument: { Statement: statements } }],
    },
  };
}

let directory: ReturnType<typeof temporaryDirectory>;
let states: StepFunctions | undefined;
beforeEach(() => {
  directory = temporaryDirectory();
});
afterEach(async () => {
  await states?.stop();
  states = undefined;
  directory.remove();
});

/**
 * Runs a machine whose own role may invoke only `platform`. Returns its outcome and which role invoked which
 * function.
 */
async function run(
  name: string,
  {
    trusted = { AWS: roleArn },
    own = [assume],
  }: { readonly trusted?: unknown; readonly own?: readonly object[] } = {},
) {
  const model = modelOf([
    machineResource('machine', definition(), 'STANDARD'),
    role(roleArn, trust({ Service: 'states.amazonaws.com' }), [invoke('platform'), ...own]),
    role(testInvoker, trust(trusted), [invoke('service-*')]),
  ]);
  const access = accessControl(model);
  const invoked: string[] = [];
  const invoker: Partial<FunctionInvoker> = {
    invoke: async ({ functionName, principal }) => {
      const resource = `arn:aws:lambda:${testRegion}:${accountId}:function:${functionName}`;
      if (principal.kind !== 'role') throw accessDenied('nobody', 'lambda:InvokeFunction', resource);
      access.require(principal, { action: 'lambda:InvokeFunction', resource });
      invoked.push(`${functionName} by ${principal.roleArn}`);
      return { payload: '"done"' };
    },
  };
  const started = startStepFunctions({
    model,
    invoker: invoker as FunctionInvoker, // the machine only invokes synchronously
    assumeRole: roleAssumption(model, access),
    dataDirectory: directory.path,
  });
  states = started;
  const { executionArn } = await call(started, 'StartExecution', {
    stateMachineArn: machineArn('machine'),
    input: JSON.stringify({ name, limit: 5 }),
  });
  const description = await ended(started, executionArn);
  expect(description['status']).toBe('SUCCEEDED');
  return {
    output: JSON.parse(String(description['output'])) as { error?: { Error: string; Cause: string } },
    invoked,
  };
}

describe('a task with Credentials', () => {
  test('runs with the role that they name', async () => {
    const { output, invoked } = await run('service-echo');
    expect(output).toEqual({ value: 'done' });
    expect(invoked).toEqual([`service-echo by ${testInvoker}`]);
  });

  test("cannot do what only the machine's own role may", async () => {
    const { output, invoked } = await run('platform');
    expect(output.error).toMatchObject({
      Error: 'Lambda.AWSLambdaException',
      Cause: expect.stringMatching(
        /role\/invoker\) is not authorized to perform: lambda:InvokeFunction .*:platform/,
      ),
    });
    expect(invoked).toEqual([]);
  });

  test.each([
    ['the role trusts another role', { trusted: { AWS: `${roleArn}-2` } }],
    ['the role trusts only a service', { trusted: { Service: 'states.amazonaws.com' } }],
    ["the machine's role may not assume it", { own: [] }],
    ["the machine's role is denied it", { own: [assume, { ...assume, Effect: 'Deny' }] }],
  ])('fails as on AWS when %s', async (_, roles) => {
    const { output, invoked } = await run('service-echo', roles);
    expect(output.error).toEqual({
      Error: 'States.TaskFailed',
      Cause: `The role ${roleArn} is not authorized to assume the task state's role, ${testInvoker}.`,
    });
    expect(invoked).toEqual([]);
  });

  test('may name a role that trusts the whole account', async () => {
    const { invoked } = await run('service-echo', { trusted: { AWS: `arn:aws:iam::${accountId}:root` } });
    expect(invoked).toEqual([`service-echo by ${testInvoker}`]);
  });
});

test.each([
  ['a role from the input', { 'RoleArn.$': '$.role' }],
  ['no role', {}],
  ['a role that is not text', { RoleArn: { Ref: 'Role' } }],
])('a definition whose Credentials have %s is refused at the start', (_, credentials) => {
  const model = modelOf([machineResource('machine', definition(credentials))]);
  const invoker = {} as FunctionInvoker; // no execution is started
  const assumeRole = () => undefined;
  expect(() => startStepFunctions({ model, invoker, assumeRole, dataDirectory: directory.path })).toThrow(
    /State machine Test\/machine/,
  );
});
