import { beforeAll, expect, test } from 'vitest';
import { problemUri } from '../../../../core/contract/problems/problem-types.ts';
import { jobIdAt } from '../../../support/jobs/job-id.ts';
import { aws } from '../../aws.ts';
import { startTestErrand, type TestErrand } from '../../deployed-errand.ts';

let errand: TestErrand;
beforeAll(async () => {
  errand = await startTestErrand();
});

const eventsOfNothing = `/v1/jobs/${jobIdAt(1)}/events`;

test('while the authorizer may not run at all, API Gateway itself responds with a problem and its detail', async () => {
  const FunctionName = 'errand-authorize';
  await aws('lambda', 'PutFunctionConcurrency', { FunctionName, ReservedConcurrentExecutions: 0 });
  try {
    const response = await errand.call('/v1/jobs');
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(response.headers.get('retry-after')).toBe('1');
    expect(response).toMatchObject({ status: 503, body: { type: problemUri('unavailable'), status: 503 } });
    expect(response.body.detail).toMatch(/^The API key could not be checked/);
  } finally {
    await aws('lambda', 'DeleteFunctionConcurrency', { FunctionName });
  }
});

test('a function without the grants of its role may not read the table', async () => {
  const { Role } = await aws('lambda', 'GetFunctionConfiguration', { FunctionName: 'errand-live' });
  const role = { RoleName: Role.split('/').at(-1) };
  const [PolicyName] = (await aws('iam', 'ListRolePolicies', role)).PolicyNames;
  const { PolicyDocument } = await aws('iam', 'GetRolePolicy', { ...role, PolicyName });
  expect((await errand.call(eventsOfNothing)).status).toBe(404);
  await aws('iam', 'DeleteRolePolicy', { ...role, PolicyName });
  try {
    const response = await errand.call(eventsOfNothing);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect([500, 503]).toContain(response.status);
  } finally {
    const document = { PolicyDocument: JSON.stringify(PolicyDocument) };
    await aws('iam', 'PutRolePolicy', { ...role, PolicyName, ...document });
  }
  expect((await errand.call(eventsOfNothing)).status).toBe(404);
});

test('a request without a key that the service knows is refused, on every function', async () => {
  for (const key of [undefined, `ek_${'x'.repeat(43)}`])
    for (const path of ['/v1/jobs', '/v1/services', eventsOfNothing, '/v1/nothing']) {
      const headers: Record<string, string> = key === undefined ? {} : { 'x-api-key': key };
      const response = await errand.call(path, { withKey: false, headers });
      expect(response, path).toMatchObject({ status: 401, body: { type: problemUri('unauthenticated') } });
      expect(response.body.detail).toEqual(expect.any(String));
    }
});

test('the state machines may invoke only their own functions, and services only by the role of services', async () => {
  const { stateMachines } = await aws('stepfunctions', 'ListStateMachines');
  expect(stateMachines).toHaveLength(2);
  for (const { stateMachineArn } of stateMachines) {
    const { roleArn } = await aws('stepfunctions', 'DescribeStateMachine', { stateMachineArn });
    expect(await invocable(roleArn)).toEqual(['errand-dispatch', 'errand-settle']);
  }
  const { Roles } = await aws('iam', 'ListRoles', { MaxItems: 1000 });
  const { Arn } = Roles.find((one: { RoleName: string }) => /ServiceInvoker/.test(one.RoleName));
  expect(await invocable(Arn)).toEqual(['errand-service-echo', 'errand-service-of-another-team']);
});

/** The functions among these that a role may invoke. */
async function invocable(roleArn: string): Promise<readonly string[]> {
  const own = ['errand-dispatch', 'errand-settle', 'errand-api'];
  const services = ['errand-service-echo', 'errand-service-of-another-team', 'errand-services'];
  const names = [...own, ...services, 'function-of-others'];
  const isAllowed = await Promise.all(names.map((name) => mayInvoke(roleArn, name)));
  return names.filter((_, index) => isAllowed[index]);
}

async function mayInvoke(roleArn: string, functionName: string): Promise<boolean> {
  const response = await aws('iam', 'SimulatePrincipalPolicy', {
    PolicySourceArn: roleArn,
    ActionNames: ['lambda:InvokeFunction'],
    ResourceArns: [`arn:aws:lambda:us-east-1:000000000000:function:${functionName}`],
  });
  return response.EvaluationResults[0].EvalDecision === 'allowed';
}
