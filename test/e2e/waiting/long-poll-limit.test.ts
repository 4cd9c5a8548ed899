import { DeleteItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dynamoAccountLimits } from '../../../aws/dynamodb/dynamo-account-limits.ts';
import { accountLimitItemKey } from '../../../aws/dynamodb/table/table-keys.ts';
import { until } from '../../../local/test/fixture/until.ts';
import { addKey, newTenant, operatorClient } from '../../support/local-service/add-key.ts';
import { startChangedErrand } from '../../support/local-service/changed-errand.ts';
import { countLeases } from '../../support/local-service/count-leases.ts';
import { submitJob } from '../../support/local-service/ended-job.ts';
import { type ApiResponse, callApi, type TestErrand } from '../../support/local-service/local-errand.ts';
import { registerService, withFunctions } from '../../support/local-service/service-functions.ts';

const other = newTenant();
/** The limit of a new account; a fifth of it is two calls. */
const accountConcurrency = 10;
const slow = `export const handler = () => new Promise((resolve) => setTimeout(resolve, 60_000));`;

let errand: TestErrand;
beforeAll(async () => {
  const functions = withFunctions({ 'errand-service-slow': { module: slow } });
  errand = await startChangedErrand([functions], { accountConcurrency });
  await registerService(errand, 'slow', { functionName: 'errand-service-slow' });
  await addKey(errand.cloud, other.holder);
  await registerService({ ...errand, call: asOther }, 'slow', { functionName: 'errand-service-slow' });
});
afterAll(() => errand?.end());

const asOther: TestErrand['call'] = (path, call) =>
  callApi({ url: errand.url, apiKey: other.holder.key }, path, call);

interface Poll {
  readonly response: ApiResponse;
  readonly milliseconds: number;
}

async function poll(call: TestErrand['call'], id: string, prefer: string): Promise<Poll> {
  const startedAt = performance.now();
  const response = await call(`/v1/jobs/${id}`, { headers: { prefer } });
  return { response, milliseconds: performance.now() - startedAt };
}

const wasHeld = ({ response }: Poll) => response.headers.has('preference-applied');

test("the reconciler reads the account's limit, which its role permits, and stores it", async () => {
  const client = operatorClient(errand.cloud);
  const TableName = errand.cloud.output('Errand', 'TableName');
  const limits = dynamoAccountLimits({ client, tableName: TableName });
  expect(await limits.read()).toMatchObject({ concurrency: accountConcurrency });
  await client.send(new DeleteItemCommand({ TableName, Key: accountLimitItemKey() }));
  await errand.cloud.lambda.invoke({
    functionName: 'errand-reconcile',
    payload: '{}',
    principal: { kind: 'operator' },
  });
  expect(await limits.read()).toMatchObject({ concurrency: accountConcurrency });
  client.destroy();
});

describe('in an account that runs ten functions at a time,', () => {
  test('long polls of all tenants use two of them, and jobs run beside them', async () => {
    const [{ id }, foreign] = await Promise.all([
      submitJob(errand, { service: 'slow', parameters: {} }),
      submitJob({ call: asOther }, { service: 'slow', parameters: {} }),
    ]);
    const paused = [poll(errand.call, id, 'wait=15'), poll(asOther, foreign.id, 'wait=15')];
    await until('both calls wait', async () => (await countLeases(errand)).total === 2);
    for (let round = 0; round < 6; round += 1) {
      for (const [call, jobId] of [
        [errand.call, id],
        [asOther, foreign.id],
      ] as const) {
        const beyond = await poll(call, jobId, 'wait=15');
        expect([beyond.response.status, wasHeld(beyond)]).toEqual([200, false]);
        expect(beyond.response.headers.get('retry-after')).toMatch(/^[1-9]\d?$/);
        expect(beyond.milliseconds).toBeLessThan(5000);
      }
    }
    expect((await countLeases(errand)).total).toBe(2);
    const beside = await submitJob(errand, { service: 'echo', parameters: { n: 1 } });
    await until('a job ends beside them', async () => {
      const { body } = await errand.call(`/v1/jobs/${beside.id}`);
      return body.status === 'succeeded';
    });
    expect((await countLeases(errand)).total).toBe(2);
    for (const one of await Promise.all(paused)) expect(wasHeld(one)).toBe(true);
  });

  test('one tenant uses one of the two, and the other is free for another tenant', async () => {
    const { id } = await submitJob(errand, { service: 'slow', parameters: {} });
    await until('no call waits', async () => (await countLeases(errand)).total === 0);
    const polls = [1, 2, 3].map(() => poll(errand.call, id, 'wait=3'));
    const foreign = await submitJob({ call: asOther }, { service: 'slow', parameters: {} });
    const other = await until('a call of another tenant waits', async () => {
      const one = await poll(asOther, foreign.id, 'wait=1.5');
      return wasHeld(one) ? one : undefined;
    });
    expect(other.response.status).toBe(200);
    expect((await Promise.all(polls)).filter(wasHeld)).toHaveLength(1);
  });
});
