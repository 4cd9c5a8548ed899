import { afterEach, describe, expect, test } from 'vitest';
import { stepFunctionsClient } from '../../../aws/clients/step-functions-client.ts';
import { stepFunctionsStarter } from '../../../aws/stepfunctions/step-functions-starter.ts';
import type { ExecutionInput } from '../../../core/ports/execution-starter.ts';
import { testCredentials } from '../../support/local-service/errand-table.ts';
import {
  type RecordedResponse,
  type RecordingServer,
  startRecordingServer,
} from '../../support/recording-server.ts';

const routerArns = {
  express: 'arn:aws:states:us-east-1:111122223333:stateMachine:router-express',
  standard: 'arn:aws:states:us-east-1:111122223333:stateMachine:router-standard',
};
const input: ExecutionInput = {
  tenant: 'local',
  jobId: '019aa5c9-b4cd-7000-8000-000000000000',
  attempt: 2,
  start: 3,
  delaySeconds: 7,
};
const started: RecordedResponse = {
  status: 200,
  body: { executionArn: 'arn:execution', startDate: 1_763_718_051 },
};
const exists: RecordedResponse = {
  status: 400,
  body: { __type: 'ExecutionAlreadyExists', message: 'it exists' },
};

describe('stepFunctionsStarter', () => {
  const cleanups: (() => unknown)[] = [];
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0)) await cleanup();
  });

  async function makeStarter(responses: readonly RecordedResponse[]) {
    let calls = 0;
    const server: RecordingServer = await startRecordingServer(() => {
      calls += 1;
      return responses[Math.min(calls, responses.length) - 1];
    });
    const { endpoint } = server;
    const client = stepFunctionsClient({ endpoint, region: 'us-east-1', credentials: testCredentials });
    cleanups.push(() => client.destroy(), server.stop);
    return { server, starter: stepFunctionsStarter({ client, stateMachineArns: routerArns }) };
  }

  test.each(['express', 'standard'] as const)(
    'starts the %s attempt state machine with a unique name',
    async (router) => {
      const { server, starter } = await makeStarter([started]);
      await starter.start(router, input);
      expect(server.requests).toStrictEqual([
        {
          operation: 'StartExecution',
          path: '/',
          body: {
            stateMachineArn: routerArns[router],
            name: '019aa5c9-b4cd-7000-8000-000000000000-2-3',
            input: JSON.stringify(input),
          },
        },
      ]);
    },
  );

  test('treats an existing Standard execution as started', async () => {
    const { starter } = await makeStarter([exists]);
    await expect(starter.start('standard', input)).resolves.toBeUndefined();
  });

  test('does not treat a response that Express cannot return as started', async () => {
    const { starter } = await makeStarter([exists]);
    await expect(starter.start('express', input)).rejects.toMatchObject({ name: 'ExecutionAlreadyExists' });
  });

  test('starts again after a broken connection, with the same name', async () => {
    const { server, starter } = await makeStarter([undefined, exists]);
    await starter.start('standard', input);
    expect(server.requests.map(({ body }) => body['name'])).toStrictEqual(
      Array(2).fill(`${input.jobId}-2-3`),
    );
  });

  test('throws when the start is uncertain', async () => {
    const { server, starter } = await makeStarter([undefined]);
    await expect(starter.start('standard', input)).rejects.toThrow();
    expect(server.requests).toHaveLength(3);
  });

  test('throws an error that a retry cannot fix', async () => {
    const response = { status: 400, body: { __type: 'StateMachineDoesNotExist', message: 'none' } };
    const { server, starter } = await makeStarter([response]);
    await expect(starter.start('express', input)).rejects.toMatchObject({ name: 'StateMachineDoesNotExist' });
    expect(server.requests).toHaveLength(1);
  });
});
