import { expect, test } from 'vitest';
import { isRunning, until } from '../fixture/until.ts';
import { localBatch, program, script } from './local-batch.ts';

test('a program that exceeds its time limit is terminated and not retried', async () => {
  const local = localBatch({ timeLimitScale: 1 / 100 });
  const id = await local.submit({
    ...script(`trap 'echo asked; exit 0' TERM; sleep 600 & wait`),
    timeout: { attemptDurationSeconds: 60 },
    retryStrategy: { attempts: 3 },
  });
  const job = await local.ended(id);
  expect(job).toMatchObject({ status: 'FAILED', statusReason: 'Job attempt duration exceeded timeout' });
  expect(job.attempts).toHaveLength(1);
  expect(job.attempts[0]?.statusReason).toBe('Job attempt duration exceeded timeout');
  expect(local.log(job)).toBe('asked\n');
  expect(Number(job.stoppedAt) - Number(job.startedAt)).toBeGreaterThanOrEqual(600);
});

test('a program that ignores SIGTERM is killed', async () => {
  const local = localBatch({ timeLimitScale: 1 / 1000 });
  const id = await local.submit({
    ...script(`trap 'echo no' TERM; while :; do sleep 600 & wait; done`),
    timeout: { attemptDurationSeconds: 600 },
  });
  const job = await local.ended(id);
  expect(job).toMatchObject({
    statusReason: 'Job attempt duration exceeded timeout',
    container: { exitCode: 137 },
  });
  expect(local.log(job)).toBe('no\n');
});

test('a program that exceeds the job’s memory is killed', async () => {
  const local = localBatch();
  const id = await local.submit(
    program(`const held = []; setInterval(() => held.push(Buffer.alloc(64 * 1024 * 1024, 1)), 20)`),
  );
  const job = await local.ended(id);
  expect(job).toMatchObject({
    status: 'FAILED',
    statusReason: 'Essential container in task exited',
    container: { exitCode: 137, reason: 'OutOfMemoryError: Container killed due to memory usage' },
  });
});

test('the memory limit counts all processes of a job together', async () => {
  const local = localBatch();
  const allocate = `node -e "const a = Buffer.alloc(200 * 1024 * 1024, 1); setInterval(() => a.length, 1000)"`;
  const job = await local.ended(await local.submit(script(`${allocate} & ${allocate} & ${allocate} & wait`)));
  expect(job.container.reason).toBe('OutOfMemoryError: Container killed due to memory usage');
});

test('a program within its memory limit is not killed', async () => {
  const local = localBatch();
  const job = await local.ended(
    await local.submit(
      program(`const a = Buffer.alloc(250 * 1024 * 1024, 1); setTimeout(() => console.log(a.length), 600)`),
    ),
  );
  expect(job.status).toBe('SUCCEEDED');
});

test('terminating a running job sets the reason and ends its whole process group', async () => {
  const local = localBatch();
  const id = await local.submit({
    ...script(`trap '' TERM; sleep 600 & echo $! $$; wait; sleep 600`),
    retryStrategy: { attempts: 3 },
  });
  const pids = (await local.firstLine(id)).split(' ').map(Number);
  await local.call('terminatejob', { jobId: id, reason: 'not wanted any more' });
  await local.call('terminatejob', { jobId: id, reason: 'a second reason' });
  const job = await local.ended(id);
  expect(job).toMatchObject({
    status: 'FAILED',
    statusReason: 'not wanted any more',
    isTerminated: true,
    container: { exitCode: 137 },
  });
  expect(job.attempts).toHaveLength(1);
  await until('the process group has ended', () => !pids.some(isRunning));
  expect(local.states(id).at(-1)).toBe('FAILED');
});

test('a terminated job fails even if its program exits with 0', async () => {
  const local = localBatch();
  const id = await local.submit(
    program(
      `process.on('SIGTERM', () => process.exit(0)); console.log('ready'); setInterval(() => {}, 1000)`,
    ),
  );
  await local.firstLine(id);
  await local.call('terminatejob', { jobId: id, reason: 'enough' });
  expect(await local.ended(id)).toMatchObject({
    status: 'FAILED',
    statusReason: 'enough',
    container: { exitCode: 0 },
  });
});

test('a second termination succeeds and does not change the reason', async () => {
  const local = localBatch();
  const running = await local.submit(script('sleep 600'));
  await local.reached(running, 'RUNNING');
  await local.call('terminatejob', { jobId: running, reason: 'done' });
  await local.ended(running);
  expect(await local.call('terminatejob', { jobId: running, reason: 'again' })).toEqual({});
  expect((await local.describe(running)).statusReason).toBe('done');
});

test('a waiting job can be terminated', async () => {
  const local = localBatch({ stack: { maximumVcpus: 0.25 } });
  const running = await local.submit(script('sleep 600'));
  const waiting = await local.submit(script('echo never'));
  await local.reached(running, 'RUNNING');
  await local.call('terminatejob', { jobId: waiting, reason: 'aborted' });
  expect(await local.describe(waiting)).toMatchObject({ status: 'FAILED', isTerminated: true });
  expect(local.states(waiting)).toEqual(['RUNNABLE', 'FAILED']);
});

test('as many jobs run concurrently as the compute environment has vCPUs, the others wait', async () => {
  const local = localBatch({ stack: { maximumVcpus: 0.5 } });
  const ids = await Promise.all([1, 2, 3, 4].map(() => local.submit(script('sleep 0.2'))));
  const jobs = await Promise.all(ids.map((id) => local.ended(id)));
  const atOnce = (moment: number) =>
    jobs.filter((job) => Number(job.startedAt) <= moment && moment < Number(job.stoppedAt)).length;
  const counts = jobs.map((job) => atOnce(Number(job.startedAt)));
  expect(Math.max(...counts)).toBe(2);
  expect(jobs.map((job) => job.status)).toEqual(Array(4).fill('SUCCEEDED'));
});

test('a job that exceeds every compute environment gets a reason and a blocked-queue event', async () => {
  const local = localBatch({ stack: { maximumVcpus: 1 } });
  const large = {
    containerOverrides: {
      command: ['true'],
      resourceRequirements: [
        { type: 'VCPU', value: '2' },
        { type: 'MEMORY', value: '4096' },
      ],
    },
  };
  const id = await local.submit(large);
  const job = await until('the reason', async () => {
    const seen = await local.describe(id);
    return seen.statusReason === undefined ? undefined : seen;
  });
  expect(job).toMatchObject({
    status: 'RUNNABLE',
    statusReason: expect.stringMatching(/^MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE - /),
  });
  const behind = await local.submit(script('true'));
  await local.reached(behind, 'RUNNABLE');
  await local.call('terminatejob', { jobId: id, reason: 'too large' });
  expect((await local.ended(behind)).status).toBe('SUCCEEDED');
  const blocked = local.events.filter(({ detailType }) => detailType === 'Batch Job Queue Blocked');
  expect(blocked).toHaveLength(1);
  expect(blocked[0]).toMatchObject({
    resources: [job.jobArn, job['jobQueue']],
    detail: { status: 'RUNNABLE', statusReason: job.statusReason },
  });
});

test('the share with the least running capacity comes first, and within a share the higher priority', async () => {
  const local = localBatch({ stack: { maximumVcpus: 0.5 } });
  const submit = (share: string, priority: number) =>
    local.submit({
      ...script('sleep 0.15'),
      jobQueue: 'shared',
      jobName: `${share}${priority}`,
      shareIdentifier: share,
      schedulingPriorityOverride: priority,
    });
  const ids = [
    await submit('a', 1),
    await submit('a', 1),
    await submit('a', 1),
    await submit('a', 9),
    await submit('b', 1),
  ];
  await Promise.all(ids.map((id) => local.ended(id)));
  const order = local.events
    .filter(({ detail }) => detail['status'] === 'STARTING')
    .map(({ detail }) => detail['jobName']);
  expect(order.slice(0, 2)).toEqual(['a9', 'b1']);
});
