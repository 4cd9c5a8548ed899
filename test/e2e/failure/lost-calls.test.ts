import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { AwsRequest, InvokeRequest } from '../../../local/cloud.ts';
import type { CallRecord } from '../../../local/gateway/call-record.ts';
import type { InvocationFault } from '../../../local/lambda/faulty-invoker.ts';
import { until } from '../../../local/test/fixture/until.ts';
import { checkIntervalSeconds, withRouter } from '../../support/local-service/assembly-changes.ts';
import { startChangedErrand } from '../../support/local-service/changed-errand.ts';
import { endedJob, reconcileUntilEnded, statesOf, submitJob } from '../../support/local-service/ended-job.ts';
import type { TestErrand } from '../../support/local-service/local-errand.ts';
import { registerService, withFunctions } from '../../support/local-service/service-functions.ts';

const usual = ['pending', 'executing', 'succeeded'];
const retried = ['pending', 'executing', 'retrying', 'executing', 'succeeded'];
const twice = { maxAttempts: 2, backoffSeconds: 0 };

/** A late reconciliation pass of the previous test must not use up a fault. */
function isRole(name: string) {
  return ({ principal }: AwsRequest) => principal.kind === 'role' && principal.roleArn.includes(name);
}

const anyJobId = /[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/g;

/** A state of Step Functions holds 262,144 bytes, a response of Lambda 6 MB: the size of this result is between them. */
const largeModule = `export const handler = () => 'x'.repeat(300_000);`;
/** The worker library would deliver a large result past the state machine: this service does not use it. */
const largeFunctionName = 'errand-service-large';
const withLarge = withFunctions({ [largeFunctionName]: { module: largeModule } });

describe('when a call between two services fails,', () => {
  let errand: TestErrand;
  /** The faults of the next calls of a function, in order. */
  const harms = new Map<string, InvocationFault[]>();
  const calls: Array<Pick<InvokeRequest, 'functionName' | 'payload'>> = [];
  const callsFor = (jobId: string, name: string) =>
    calls.filter((call) => call.functionName.endsWith(name) && call.payload.includes(jobId)).length;
  /** Jobs of the previous tests: a late call for one must not use up a fault. */
  const earlier = new Set<string>();
  let onCall: ((record: CallRecord) => void) | undefined;

  beforeAll(async () => {
    errand = await startChangedErrand([checkIntervalSeconds(1), withLarge], {
      invocationFaults: (call) => {
        calls.push(call);
        if ([...earlier].some((id) => call.payload.includes(id))) return undefined;
        return [...harms].find(([name]) => call.functionName.endsWith(name))?.[1].shift();
      },
      recorder: (record) => onCall?.(record),
    });
    await registerService(errand, 'large', { functionName: largeFunctionName });
  });
  afterEach(() => {
    harms.clear();
    for (const { payload } of calls) for (const [id] of payload.matchAll(anyJobId)) earlier.add(id);
    onCall = undefined;
    errand.cloud.faults.clear();
  });
  afterAll(() => errand?.end());

  test('a job whose StartExecution failed is started by the reconciler, as its first attempt', async () => {
    // Three times, because the SDK tries that often.
    errand.cloud.faults.add({
      service: 'states',
      action: 'StartExecution',
      kind: 'error',
      times: 3,
      match: isRole('SubmitRole'),
    });
    const job = await submitJob(errand, { service: 'echo', parameters: { n: 1 } });
    expect(job.status).toBe('pending');
    expect(await reconcileUntilEnded(errand, job.id)).toMatchObject({
      status: 'succeeded',
      attempt: 1,
      result: { n: 1 },
    });
    expect(await statesOf(errand, job.id)).toEqual(usual);
  });

  test('a job whose StartExecution is never carried out ends at its queue limit', async () => {
    errand.cloud.faults.add({ service: 'states', action: 'StartExecution', kind: 'throttle' });
    const { id } = await submitJob(errand, { service: 'echo', queueTimeoutSeconds: 2 });
    expect(await reconcileUntilEnded(errand, id)).toMatchObject({
      status: 'error',
      error: { code: 'queue-timeout' },
    });
  });

  test('a job whose StartExecution was carried out with its responses lost runs once', async () => {
    errand.cloud.faults.add({
      service: 'states',
      action: 'StartExecution',
      kind: 'drop-answer',
      times: 2,
      match: isRole('SubmitRole'),
    });
    const { id } = await submitJob(errand, { service: 'echo' });
    await until('all three executions have claimed', () => callsFor(id, ':errand-dispatch') === 3);
    const later = await submitJob(errand, { service: 'echo' });
    await endedJob(errand, later.id);
    // The insert, one claim and the settle.
    expect(await endedJob(errand, id)).toMatchObject({ status: 'succeeded', attempt: 1, version: 3 });
    expect(callsFor(id, 'errand-service-echo')).toBe(1);
    expect(await statesOf(errand, id)).toEqual(usual);
  });

  test('a claim whose response was lost is repeated by the same execution, in the same attempt', async () => {
    harms.set(':errand-dispatch', ['lose-answer', 'lose-answer']);
    const { id } = await submitJob(errand, { service: 'echo' });
    // Three claims, the insert and the settle.
    expect(await endedJob(errand, id)).toMatchObject({ status: 'succeeded', attempt: 1, version: 5 });
    expect(await statesOf(errand, id)).toEqual(usual);
  });

  test('a claim that was carried out twice concurrently counts as one claim', async () => {
    harms.set(':errand-dispatch', ['run-twice']);
    const { id } = await submitJob(errand, { service: 'echo' });
    expect(await endedJob(errand, id)).toMatchObject({ status: 'succeeded', attempt: 1 });
    expect(await statesOf(errand, id)).toEqual(usual);
  });

  test('a settle whose response was lost, or that ran twice, ends the job once', async () => {
    harms.set(':errand-settle', ['lose-answer', 'run-twice']);
    const { id } = await submitJob(errand, { service: 'echo' });
    expect(await endedJob(errand, id)).toMatchObject({ status: 'succeeded', attempt: 1 });
    await until('settle was called again', () => harms.get(':errand-settle')?.length === 0);
    const again = await submitJob(errand, { service: 'echo' });
    expect(await endedJob(errand, again.id)).toMatchObject({ status: 'succeeded' });
    expect(await statesOf(errand, id)).toEqual(usual);
  });

  test('an outcome is not lost when settle is throttled for longer than its execution retries', async () => {
    // Every try of the state; the queue's own tries are not calls of the state machine.
    harms.set(':errand-settle', ['throttle', 'throttle', 'throttle', 'throttle']);
    const { id } = await submitJob(errand, { service: 'echo', parameters: { n: 1 }, retry: twice });
    expect(await endedJob(errand, id)).toMatchObject({ status: 'succeeded', attempt: 1, result: { n: 1 } });
    expect(callsFor(id, ':errand-settle')).toBe(4);
    expect(await statesOf(errand, id)).toEqual(usual);
  });

  test('a service whose response was lost runs again as another attempt', async () => {
    harms.set('errand-service-echo', ['lose-answer']);
    const { id } = await submitJob(errand, { service: 'echo', retry: twice });
    expect(await endedJob(errand, id)).toMatchObject({ status: 'succeeded', attempt: 2 });
    expect(await statesOf(errand, id)).toEqual(retried);
  });

  test('a job whose claiming function died after the claim still ends', async () => {
    onCall = ({ service, action, principal, status }) => {
      const claims = service === 'dynamodb' && action === 'PutItem' && status === 200;
      if (!claims || principal.kind !== 'role' || !principal.roleArn.includes('DispatchRole')) return;
      onCall = undefined;
      errand.cloud.lambda.killFunction('errand-dispatch');
    };
    const { id } = await submitJob(errand, { service: 'echo', attemptTimeoutSeconds: 1, retry: twice });
    expect(await reconcileUntilEnded(errand, id)).toMatchObject({ status: 'succeeded' });
    expect(onCall).toBeUndefined();
  });

  test('a job whose settle could not write still ends', async () => {
    errand.cloud.faults.add({
      service: 'dynamodb',
      action: 'PutItem',
      kind: 'error',
      times: 3,
      match: isRole('SettleRole'),
    });
    const { id } = await submitJob(errand, { service: 'echo', attemptTimeoutSeconds: 1, retry: twice });
    expect(await reconcileUntilEnded(errand, id)).toMatchObject({ status: 'succeeded' });
  });

  test('a result larger than the limit of a state ends the job as failed', async () => {
    const { id } = await submitJob(errand, { service: 'large' });
    expect(await endedJob(errand, id)).toMatchObject({
      status: 'failed',
      attempt: 1,
      error: { code: 'invalid-result', retryable: false },
    });
    expect(await statesOf(errand, id)).toEqual(['pending', 'executing', 'failed']);
  });
});

describe('without the catcher that names the data limit,', () => {
  let errand: TestErrand;
  beforeAll(async () => {
    const removeCatcher = withRouter(({ Invoke }) => {
      Invoke.Catch = Invoke.Catch.filter(
        ({ ErrorEquals }: { ErrorEquals: readonly string[] }) =>
          !ErrorEquals.includes('States.DataLimitExceeded'),
      );
    });
    errand = await startChangedErrand([checkIntervalSeconds(1), withLarge, removeCatcher]);
    await registerService(errand, 'large', { functionName: largeFunctionName });
  });
  afterAll(() => errand?.end());

  test('the reconciler finds that a job whose execution broke at a large result is lost', async () => {
    // Long enough for the function on a busy machine: its own time-out would be reported.
    const limits = { attemptTimeoutSeconds: 5, retry: { maxAttempts: 1 } };
    const { id } = await submitJob(errand, { service: 'large', ...limits });
    expect(await reconcileUntilEnded(errand, id)).toMatchObject({
      status: 'error',
      attempt: 1,
      error: { code: 'lost', retryable: true },
    });
    expect(await statesOf(errand, id)).toEqual(['pending', 'executing', 'error']);
  }, 90_000);
});
