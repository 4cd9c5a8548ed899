import { once } from 'node:events';
import { createServer } from 'node:http';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, test, vi } from 'vitest';
import { clientSettings } from '../../../aws/clients/client-settings.ts';
import { dynamoClient } from '../../../aws/clients/dynamo-client.ts';
import { testCredentials } from '../../support/local-service/errand-table.ts';
import { startRecordingServer } from '../../support/recording-server.ts';

describe('AWS clients', () => {
  test('try three times', async () => {
    const client = dynamoClient({ region: 'us-east-1', credentials: testCredentials });
    expect(await client.config.maxAttempts()).toBe(3);
    client.destroy();
  });

  test('fail, instead of only warning, when a response takes 5 s', async () => {
    const server = createServer(() => undefined).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('The server has no port');
    const options = {
      endpoint: `http://127.0.0.1:${address.port}`,
      region: 'us-east-1',
      credentials: testCredentials,
    };
    const client = new DynamoDBClient({ ...clientSettings(options), maxAttempts: 1 });
    const before = performance.now();
    await expect(client.send(new ListTablesCommand({}))).rejects.toMatchObject({ name: 'TimeoutError' });
    expect(performance.now() - before).toBeGreaterThan(4900);
    client.destroy();
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });

  test('use the endpoint in AWS_ENDPOINT_URL', async () => {
    const server = await startRecordingServer(() => ({ status: 200, body: { TableNames: [] } }));
    vi.stubEnv('AWS_ENDPOINT_URL', server.endpoint);
    const client = dynamoClient({ region: 'us-east-1', credentials: testCredentials });
    try {
      await client.send(new ListTablesCommand({}));
      expect(server.requests.map(({ operation }) => operation)).toStrictEqual(['ListTables']);
    } finally {
      vi.unstubAllEnvs();
      client.destroy();
      await server.stop();
    }
  });
});
