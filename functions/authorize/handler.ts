import middy from '@middy/core';
import type { APIGatewayAuthorizerResult, APIGatewayRequestAuthorizerEvent } from 'aws-lambda';
import { dynamoClient } from '../../aws/clients/dynamo-client.ts';
import { dynamoKeyStore } from '../../aws/dynamodb/dynamo-key-store.ts';
import { systemClock } from '../../aws/system/system-clock.ts';
import { authorizeCaller } from '../../core/access/authorize-caller.ts';
import type { ApiKey } from '../../core/access/model/api-key.ts';
import { readEnvironment } from '../_shared/environment.ts';
import { cachedKeys } from './cached-keys.ts';
import { environment } from './environment.ts';

const env = readEnvironment(environment);
const store = dynamoKeyStore({ client: dynamoClient(), tableName: env.TABLE_NAME });
const keys = cachedKeys(store, systemClock);

/**
 * Called by API Gateway for every route that requires an API key: identifies the caller or leads to a 401.
 */
export const handler = middy<APIGatewayRequestAuthorizerEvent>().handler(async (event) => {
  const key = await authorizeCaller({ keys }, event.headers ?? {});
  if (key === undefined) throw new Error('Unauthorized'); // Only this exact message makes API Gateway respond with 401.
  return allow(key, event.methodArn);
});

function allow(key: ApiKey, methodArn: string): APIGatewayAuthorizerResult {
  return {
    principalId: key.principal,
    policyDocument: {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: 'execute-api:Invoke', Resource: methodArn }],
    },
    context: {
      tenant: key.tenant,
      principal: key.principal,
      scopes: key.scopes.join(' '),
      createdAt: key.createdAt,
    },
  };
}
