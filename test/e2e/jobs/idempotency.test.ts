import { GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { idempotencyItemKey } from '../../../aws/dynamodb/table/table-keys.ts';
import type { CallRecord } from '../../../local/gateway/call-record.ts';
import type { Fault } from '../../../local/gateway/fault-injector.ts';
import { until } from '../../../local/test/fixture/until.ts';
import { addKey, newTenant, operatorClient } from '../../support/local-service/add-key.ts';
import { endedJob, statesOf } from '../../support/local-service/ended-job.ts';
import { expectDocumented, expectProblem } from '../../support/local-service/expect-documented.ts';
import { startOwnErrand, type TestErrand } from '../../support/local-service/local-errand.ts';

const other = newTenant();
const header = 'idempotency-replayed';
const records: CallRecord[] = [];
const foreign = other.call;

let errand: TestErrand;
beforeAll(async () => {
  errand = await startOwnErrand({ recorder: (record) => records.push(record) });
  await addKey(errand.cloud, other.holder);
  const echo = { parameters: {}, dispatcher: { kind: 'lambda', functionName: 'errand-service-echo' } };
  const path = '/v1/services/echo/versions/1.0.0';
  expect((await errand.call(path, { method: 'PUT', body: echo, ...foreign })).status).toBe(201);
});
afterAll(() => errand?.end());

type Headers = Readonly<Record<string, string>>;

async function submit(key: string | undefined, parameters: unknown = {}, headers: Headers = {}) {
  const body = { service: 'echo@1.0.0', parameters };
  const given = key === undefined ? headers : { 'idempotency-key': key, ...headers };
  return expectDocumented(await errand.call('/v1/jobs', { body, headers: given }), 'submitJob');
}

/** Ids of all jobs with this name, which a body may give. */
async function idsNamed(name: string): Promise<readonly string[]> {
  const { body } = await errand.call('/v1/jobs?limit=1000');
  const jobs: ReadonlyArray<{ readonly id: string; readonly name: string }> = body.items;
  return jobs.filter((job) => job.name === name).map(({ id }) => id);
}

async function rememberedJob(key: string): Promise<string | undefined> {
  const client = operatorClient(errand.cloud);
  const TableName = errand.cloud.output('Errand', 'TableName');
  const Key = idempotencyItemKey({ tenant: errand.tenant, key });
  const { Item: item } = await client.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }));
  client.destroy();
  return item?.['j']?.S;
}

describe('the same key with the same body', () => {
  test('returns the same job, and reports that', async () => {
    const first = await submit('twice', { a: 1 });
    const second = await submit('"twice"', { a: 1 });
    expect([first.status, first.headers.has(header)]).toEqual([202, false]);
    expect(second.headers.get(header)).toBe('true');
    expect(second.body.id).toBe(first.body.id);
    expect(second.headers.get('location')).toBe(first.headers.get('location'));
    const ended = await endedJob(errand, first.body.id);
    const third = await submit('twice', { a: 1 });
    expect(third).toMatchObject({ status: 200, body: ended });
    expect(third.headers.get(header)).toBe('true');
    expect(await statesOf(errand, first.body.id)).toEqual(['pending', 'executing', 'succeeded']);
  });

  test('returns the same job whatever the spacing and order of the body', async () => {
    const headers = { 'idempotency-key': 'form' };
    const one = '{"service":"echo","name":"form","parameters":{"a":1,"b":[2]}}';
    const other = '{ "parameters": {"b":[2.0],\n"a":1}, "name":"\\u0066orm", "service": "echo" }';
    const [first, second] = [
      await errand.call('/v1/jobs', { body: one, headers }),
      await errand.call('/v1/jobs', { body: other, headers }),
    ];
    expect(second.body.id).toBe(first.body.id);
    expect(await idsNamed('form')).toEqual([first.body.id]);
  });

  test('waits for the same job during the first call, as long as it requests itself', async () => {
    const parameters = { sleepSeconds: 2 };
    const holding = submit('held', parameters, { prefer: 'wait=20' });
    await until('the first call has taken its key', () => rememberedJob('held'));
    const brief = await submit('held', parameters, { prefer: 'wait=0.1' });
    const patient = await submit('held', parameters, { prefer: 'wait=19' });
    const first = await holding;
    expect([first.status, brief.status, patient.status]).toEqual([200, 202, 200]);
    expect(brief.body).toMatchObject({ id: first.body.id });
    expect(brief.body).not.toHaveProperty('finishedAt');
    expect(patient.body).toEqual(first.body);
    expect([brief, patient].map(({ headers }) => headers.get('preference-applied'))).toEqual([
      'wait=0.1',
      'wait=19',
    ]);
    expect([first, brief, patient].map(({ headers }) => headers.get(header))).toEqual([null, 'true', 'true']);
    expect(first.body.attempt).toBe(1);
  });

  test('creates one job in twenty concurrent calls, and reports to one of them that it is new', async () => {
    const responses = await Promise.all(
      Array.from({ length: 20 }, () => submit('crowd', { n: 1 }, { prefer: 'wait=20' })),
    );
    expect(new Set(responses.map(({ body }) => body.id)).size).toBe(1);
    expect(responses.map(({ status }) => status)).toEqual(responses.map(() => 200));
    expect(responses.filter(({ headers }) => !headers.has(header))).toHaveLength(1);
    expect(responses[0]?.body.attempt).toBe(1);
  });

  test('creates a separate job in each tenant', async () => {
    const ours = await submit('tenants');
    const headers = { ...foreign.headers, 'idempotency-key': 'tenants' };
    const body = { service: 'echo@1.0.0', parameters: {} };
    const theirs = await errand.call('/v1/jobs', { body, ...foreign, headers });
    expect(theirs.status).toBe(202);
    expect(theirs.headers.has(header)).toBe(false);
    expect(theirs.body.id).not.toBe(ours.body.id);
  });

  test('creates another job once the key has expired', async () => {
    const first = await submit('old');
    const client = operatorClient(errand.cloud);
    await client.send(
      new UpdateItemCommand({
        TableName: errand.cloud.output('Errand', 'TableName'),
        Key: idempotencyItemKey({ tenant: errand.tenant, key: 'old' }),
        UpdateExpression: 'SET #ttl = :past',
        ExpressionAttributeNames: { '#ttl': 'ttl' },
        ExpressionAttributeValues: { ':past': { N: String(Math.floor(Date.now() / 1000) - 1) } },
      }),
    );
    client.destroy();
    const late = await submit('old');
    expect(late.headers.has(header)).toBe(false);
    expect(late.body.id).not.toBe(first.body.id);
    expect((await submit('old')).body.id).toBe(late.body.id);
  });
});

test('the same key with another body is refused', async () => {
  const first = await submit('reused', { a: 1 });
  const other = await submit('reused', { a: 2 });
  expectProblem(other, 'idempotency-key-reused');
  expect((await submit('reused', { a: 1 })).body.id).toBe(first.body.id);
});

test.each(['', '""', '"open', 'a, b', 'x'.repeat(256), 'cl\u00e9'])('the key %j is refused', async (key) => {
  const response = await submit(key);
  expectProblem(response, 'invalid-request');
  expect(response.body.errors).toMatchObject([
    { pointer: '', detail: expect.stringContaining('Idempotency-Key') },
  ]);
});

test('a submission that is refused does not use up its key', async () => {
  const headers = { 'idempotency-key': 'corrected' };
  const bad = { service: 'csv-profile@1.0.0', parameters: { colour: 'red' } };
  expectProblem(await errand.call('/v1/jobs', { body: bad, headers }), 'invalid-parameters');
  expect(await rememberedJob('corrected')).toBeUndefined();
  const good = await submit('corrected');
  expect([good.status, good.headers.has(header)]).toEqual([202, false]);
});

test('a repetition finds its job when the service has a newer version', async () => {
  const definition = { parameters: {}, dispatcher: { kind: 'lambda', functionName: 'errand-service-echo' } };
  const register = (version: string) =>
    errand.call(`/v1/services/grown/versions/${version}`, { method: 'PUT', body: definition });
  const call = { body: { service: 'grown' }, headers: { 'idempotency-key': 'grown' } };
  await register('1.0.0');
  const first = await errand.call('/v1/jobs', call);
  await register('2.0.0');
  const second = await errand.call('/v1/jobs', call);
  expect(second.headers.get(header)).toBe('true');
  expect(second.body).toMatchObject({ id: first.body.id, service: { version: '1.0.0' } });
  expectProblem(await errand.call('/v1/jobs', { body: { service: 'grown' } }), 'ambiguous-version');
});

describe('when the table fails,', () => {
  /** Writes whose item has this prefix in its sort key. */
  const writes = (sort: string, fault: Pick<Fault, 'kind' | 'times'>): Fault => ({
    service: 'dynamodb',
    action: 'PutItem',
    match: ({ body }) => body.includes(`"sk":{"S":"${sort}`),
    ...fault,
  });

  test.each([
    ['of the key', 'I'],
    ['of the job', 'J#'],
  ])('the lost response to the write %s changes nothing', async (_, sort) => {
    const heal = errand.cloud.faults.add(writes(sort, { kind: 'drop-answer', times: 1 }));
    const first = await submit(`lost ${sort}`);
    heal();
    expect([first.status, first.headers.has(header)]).toEqual([202, false]);
    expect((await submit(`lost ${sort}`)).body.id).toBe(first.body.id);
  });

  test.each(['error', 'drop-request'] as const)(
    'a call whose job cannot be written (%s) is completed by its repetition, with the same ID',
    async (kind) => {
      const heal = errand.cloud.faults.add(writes('J#', { kind }));
      const failed = await submit(`half ${kind}`);
      heal();
      expect(failed.status).toBeGreaterThanOrEqual(500);
      const jobId = await rememberedJob(`half ${kind}`);
      const second = await submit(`half ${kind}`, {}, { prefer: 'wait=20' });
      expect(second).toMatchObject({ status: 200, body: { id: jobId, status: 'succeeded' } });
      expect(second.headers.get(header)).toBe('true');
      expect((await submit(`half ${kind}`)).body.id).toBe(jobId);
    },
  );

  test('a call that gets no response about its written job is completed by its repetition, which finds it', async () => {
    const heal = errand.cloud.faults.add(writes('J#', { kind: 'drop-answer' }));
    const failed = await submit('lost');
    heal();
    expect(failed.status).toBeGreaterThanOrEqual(500);
    const second = await submit('lost');
    expect(second).toMatchObject({ status: 202, body: { id: await rememberedJob('lost') } });
    expect(second.headers.get(header)).toBe('true');
  });

  test('a call whose key cannot be written creates nothing', async () => {
    const body = { service: 'echo', name: 'no key' };
    const headers = { 'idempotency-key': 'no key' };
    const heal = errand.cloud.faults.add(writes('I', { kind: 'error' }));
    const failed = await errand.call('/v1/jobs', { body, headers });
    heal();
    expect(failed.status).toBe(503);
    expect(await idsNamed('no key')).toEqual([]);
    const second = await errand.call('/v1/jobs', { body, headers });
    expect([second.status, second.headers.has(header)]).toEqual([202, false]);
    expect(await idsNamed('no key')).toEqual([second.body.id]);
  });
});

test('a key costs one additional write and no read, and a call without a key costs nothing more', async () => {
  await submit(undefined); // The version is marked as used, and its function caches that from here on.
  const callsOf = async (key: string | undefined) => {
    records.length = 0;
    await submit(key);
    return records
      .filter(
        ({ service, principal }) => service === 'dynamodb' && /SubmitRole/.test(JSON.stringify(principal)),
      )
      .map(({ action }) => action);
  };
  expect(await callsOf(undefined)).toEqual(['PutItem']);
  expect(await callsOf('cost')).toEqual(['PutItem', 'PutItem']);
  expect(await callsOf('cost')).toEqual(['PutItem', 'GetItem']);
});
