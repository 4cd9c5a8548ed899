import { expect, test } from 'vitest';
import { startDataPlane } from '../../fixture/data-plane.ts';
import { call, lambdaWith } from '../local-lambda.ts';
import { nodeFunction } from './function-resources.ts';

const root = new URL('../../../../', import.meta.url);

test('the calls of a function in a process reach the AWS endpoint with the permissions of its role', async () => {
  const code = `
    import { createRequire } from 'node:module';
    const { DynamoDB } = createRequire(${JSON.stringify(root.href)})('@aws-sdk/client-dynamodb');
    const client = new DynamoDB({ maxAttempts: 1 });
    const item = { pk: { S: 'mine#1' }, sk: { S: 'a' } };
    export const handler = async ({ write }) => {
      try {
        if (write) await client.putItem({ TableName: 'jobs', Item: item });
        else await client.getItem({ TableName: 'jobs', Key: item });
        return 'allowed';
      } catch (error) {
        return error.name;
      }
    };`;
  const plane = await startDataPlane();
  const key = plane.keyOf('reader');
  const { lambda } = lambdaWith([nodeFunction('reader', code, { MemorySize: 512 })], {
    environmentFor: () => ({
      AWS_ENDPOINT_URL: plane.url,
      AWS_REGION: plane.model.region,
      AWS_ACCESS_KEY_ID: key.accessKeyId,
      AWS_SECRET_ACCESS_KEY: key.secretAccessKey,
    }),
  });
  expect(await call(lambda, 'reader', { write: false })).toBe('allowed');
  expect(await call(lambda, 'reader', { write: true })).toBe('AccessDeniedException');
});
