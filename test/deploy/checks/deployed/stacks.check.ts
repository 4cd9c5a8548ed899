import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { aws } from '../../aws.ts';
import { output, work } from '../../deployment.ts';

interface Summary {
  readonly LogicalResourceId: string;
  readonly ResourceStatus: string;
}

test.each(['Errand', 'ErrandBatch', 'ErrandExamples'])(
  '%s has every resource of its template',
  async (name) => {
    const file = join(work, 'cdk.out', `${name}.template.json`);
    const { Resources } = JSON.parse(readFileSync(file, 'utf8')) as { Resources: object };
    const summaries = await resourcesOf(name);
    const complete = summaries.filter(({ ResourceStatus }) => ResourceStatus === 'CREATE_COMPLETE');
    expect(complete.map((one) => one.LogicalResourceId).sort()).toEqual(Object.keys(Resources).sort());
  },
);

/** All pages of a stack's resources. */
async function resourcesOf(StackName: string): Promise<readonly Summary[]> {
  const found: Summary[] = [];
  let page: { readonly NextToken?: string } = {};
  do {
    const response = await aws('cloudformation', 'ListStackResources', { StackName, ...page });
    found.push(...response.StackResourceSummaries);
    page = response.NextToken === undefined ? {} : { NextToken: response.NextToken };
  } while (page.NextToken !== undefined);
  return found;
}

test('the table keeps what the service needs of it, and is protected', async () => {
  const { Table } = await aws('dynamodb', 'DescribeTable', { TableName: output('Errand', 'TableName') });
  expect(Table).toMatchObject({
    DeletionProtectionEnabled: true,
    BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' },
    StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
  });
  const indexes: ReadonlyArray<{ IndexName: string }> = Table.GlobalSecondaryIndexes;
  expect(indexes.map((one) => one.IndexName).sort()).toEqual(['due', 'live', 'service']);
});

test('the bucket of results is not accessible from outside', async () => {
  const response = await aws('s3', 'GetPublicAccessBlock', { Bucket: output('Errand', 'BucketName') });
  expect(Object.values(response.PublicAccessBlockConfiguration)).toEqual([true, true, true, true]);
});

test('each function has a role of its own', async () => {
  const { Functions } = await aws('lambda', 'ListFunctions');
  const own = (Functions as ReadonlyArray<{ FunctionName: string; Role: string }>).filter(
    ({ FunctionName }) => FunctionName.startsWith('errand-'),
  );
  expect(own.length).toBeGreaterThan(10);
  expect(new Set(own.map(({ Role }) => Role)).size).toBe(own.length);
});
