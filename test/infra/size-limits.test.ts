import type { Template } from 'aws-cdk-lib/assertions';
import { beforeAll, describe, expect, test } from 'vitest';
import { textOf, textsOf } from './support/intrinsics.ts';
import { resourcesOf, synthesizedApp } from './support/synthesized-app.ts';

let errand: Template;
beforeAll(async () => {
  ({ errand } = await synthesizedApp());
});

/** Values as long as the longest that a deployment uses. */
const longest: ReadonlyArray<readonly [RegExp, string]> = [
  [/<AWS::Partition>/g, 'aws-us-gov'],
  [/<AWS::Region>/g, 'ap-southeast-1'],
  [/<AWS::AccountId>/g, '111122223333'],
  [/<HttpApiRestApi\w+>/g, 'a1b2c3d4e5'],
];

const written = (value: unknown) =>
  longest.reduce((text, [reference, real]) => text.replace(reference, real), textOf(value));

/** A statement as Lambda stores it: the statement's id is the stack, the logical id and twelve characters. */
function statementOf(logicalId: string, properties: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({
    Sid: `Errand-${logicalId}-123456789012`,
    Effect: 'Allow',
    Principal: { Service: properties['Principal'] },
    Action: properties['Action'],
    Resource: 'arn:aws-us-gov:lambda:ap-southeast-1:111122223333:function:errand-publish-events',
    ...(properties['SourceArn'] === undefined
      ? {}
      : { Condition: { ArnLike: { 'AWS:SourceArn': written(properties['SourceArn']) } } }),
  });
}

/** The statements of each function's resource policy, by the function's reference. */
function policies(): ReadonlyMap<string, readonly string[]> {
  const statements = resourcesOf(errand, 'AWS::Lambda::Permission').map(
    ([id, { Properties }]) => [textOf(Properties['FunctionName']), statementOf(id, Properties)] as const,
  );
  const byFunction = Map.groupBy(statements, ([name]) => name);
  return new Map([...byFunction].map(([name, all]) => [name, all.map(([, statement]) => statement)]));
}

describe('the resource policy of a function', () => {
  // https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
  test('has at most a tenth of the 20 KB that Lambda allows, however many routes the function serves', () => {
    for (const [name, statements] of policies())
      expect(statements.join().length, name).toBeLessThanOrEqual(2048);
  });

  test('has one statement for the API, which names the stage and no method', () => {
    const sources = resourcesOf(errand, 'AWS::Lambda::Permission')
      .map(([, { Properties }]) => Properties)
      .filter(({ Principal }) => Principal === 'apigateway.amazonaws.com')
      .map(({ FunctionName, SourceArn }) => [textOf(FunctionName), written(SourceArn)] as const);
    const api = 'arn:aws-us-gov:execute-api:ap-southeast-1:111122223333:a1b2c3d4e5';
    const found = sources.map(([name, source]) => [name.replace(/^<([A-Z][a-z]+)\w+\.Arn>$/, '$1'), source]);
    expect(found).toHaveLength(5);
    expect(Object.fromEntries(found)).toEqual({
      Submit: `${api}/live/*/*`,
      Live: `${api}/live/*/*`,
      Api: `${api}/live/*/*`,
      Docs: `${api}/live/*/*`,
      Authorize: expect.stringMatching(new RegExp(`^${api}/authorizers/`)),
    });
  });
});

describe('the inline policies of a role', () => {
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
  test('have at most half of the 10,240 characters that IAM allows', () => {
    const sizes = new Map<string, number>();
    for (const [, { Properties }] of resourcesOf(errand, 'AWS::IAM::Policy'))
      for (const role of textsOf(Properties['Roles'])) {
        const { length } = JSON.stringify(Properties['PolicyDocument']);
        sizes.set(role, (sizes.get(role) ?? 0) + length);
      }
    for (const [role, size] of sizes) expect(size, role).toBeLessThanOrEqual(5120);
  });
});

describe('the template', () => {
  // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
  test('has at most 300 of the 500 resources and half of the 1 MB that CloudFormation allows', () => {
    const template = errand.toJSON();
    expect(Object.keys(template['Resources']).length).toBeLessThanOrEqual(300);
    expect(JSON.stringify(template).length).toBeLessThanOrEqual(500_000);
  });
});
