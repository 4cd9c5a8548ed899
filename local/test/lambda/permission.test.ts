import { describe, expect, test } from 'vitest';
import { accessDenied } from '../../aws-error.ts';
import type { AccessCheck, Principal } from '../../cloud.ts';
import { functionArnOf, functionResource, lambdaWith, resource } from './local-lambda.ts';

const code = 'export const handler = async () => 1;';
const testApi = 'arn:aws:execute-api:eu-central-1:111122223333:api1';

function service(sourceArn: string, name = 'apigateway.amazonaws.com'): Principal {
  return { kind: 'service', service: name, sourceArn };
}

function permission(properties: object) {
  return resource('AWS::Lambda::Permission', `permission-${JSON.stringify(properties)}`, {
    Action: 'lambda:InvokeFunction',
    FunctionName: functionArnOf('f'),
    Principal: 'apigateway.amazonaws.com',
    ...properties,
  });
}

function invokeAs(principal: Principal, ...permissions: readonly object[]) {
  const resources = [functionResource('f', code), ...permissions.map((it) => permission(it))];
  const { lambda } = lambdaWith(resources);
  return lambda.invoke({ functionName: 'f', payload: '{}', principal });
}

describe('a service', () => {
  test('may invoke a function that a permission allows for its source', async () => {
    const allowed = await invokeAs(service(`${testApi}/prod/GET/jobs`), {
      SourceArn: `${testApi}/*/GET/jobs`,
    });
    expect(allowed).toEqual({ payload: '1', requestId: expect.any(String) });
  });

  test.each([
    ['without a permission', service(`${testApi}/prod/GET/jobs`), []],
    ['from another source', service(`${testApi}/prod/PUT/jobs`), [{ SourceArn: `${testApi}/*/GET/jobs` }]],
    ['that is another service', service(`${testApi}/prod/GET/jobs`, 'events.amazonaws.com'), [{}]],
    ['for another function', service(`${testApi}/prod/GET/jobs`), [{ FunctionName: 'g' }]],
    ['from another account', service(`${testApi}/prod/GET/jobs`), [{ SourceAccount: '999999999999' }]],
  ])('is denied %s', async (_what, principal, permissions) => {
    await expect(invokeAs(principal, ...permissions)).rejects.toMatchObject({
      code: 'AccessDeniedException',
      status: 403,
      message: expect.stringContaining(functionArnOf('f')),
    });
  });

  test('needs no permission to deliver the records of a stream', async () => {
    const mapping = resource('AWS::Lambda::EventSourceMapping', 'mapping', { FunctionName: 'f' });
    const principal = service(
      'arn:aws:lambda:eu-central-1:111122223333:event-source-mapping:m',
      'lambda.amazonaws.com',
    );
    const request = { functionName: 'f', payload: '{}', principal };
    const withMapping = lambdaWith([functionResource('f', code), mapping]).lambda;
    expect(await withMapping.invoke(request)).toEqual({ payload: '1', requestId: expect.any(String) });
    const without = lambdaWith([functionResource('f', code)]).lambda;
    await expect(without.invoke(request)).rejects.toMatchObject({ code: 'AccessDeniedException' });
  });
});

test('a role needs lambda:InvokeFunction on the function for all three kinds of invocation', async () => {
  const asked: AccessCheck[] = [];
  const access = {
    require: (_principal: Principal, check: AccessCheck) => {
      asked.push(check);
      throw accessDenied('role', check.action, check.resource);
    },
  };
  const { lambda } = lambdaWith([functionResource('f', code)], { access });
  const principal: Principal = {
    kind: 'role',
    roleArn: 'arn:aws:iam::111122223333:role/r',
    sessionName: 's',
  };
  const request = { functionName: 'f', payload: '{}', principal };
  for (const refused of [
    lambda.invoke(request),
    lambda.invokeAsync(request),
    lambda.invokeStreaming(request),
  ]) {
    await expect(refused).rejects.toMatchObject({ code: 'AccessDeniedException' });
  }
  const check = { action: 'lambda:InvokeFunction', resource: functionArnOf('f') };
  expect(asked).toEqual([check, check, check]);
});
