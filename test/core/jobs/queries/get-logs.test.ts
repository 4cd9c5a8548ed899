import { beforeEach, describe, expect, test } from 'vitest';
import type { EndedAttempt, Job } from '../../../../core/jobs/model/job.ts';
import { type GetLogsInput, getLogs, type LogLines } from '../../../../core/jobs/queries/get-logs.ts';
import { encodeCursor } from '../../../../core/paging/cursor.ts';
import { runningOnBatch, scheduledJob } from '../../../support/jobs/batch-attempts.ts';
import { jobIdAt } from '../../../support/jobs/job-id.ts';
import { aJob, someTime } from '../../../support/jobs/jobs.ts';
import { aService, testDeps } from '../../../support/jobs/test-deps.ts';
import { virtualClock } from '../../../support/jobs/virtual-clock.ts';

const firstLog = { group: '/aws/batch/job', stream: 'work/default/1' };
const secondLog = { group: '/aws/batch/job', stream: 'work/default/2' };
const failure = { code: 'spot-interrupted', detail: 'gone', retryable: true, attempt: 1 } as const;
const firstAttempt: EndedAttempt = {
  number: 1,
  startedAt: someTime,
  finishedAt: someTime + 1000,
  failure,
  log: firstLog,
};
const dispatcher = 'batch';
const running = runningOnBatch({ dispatcher, log: firstLog });
/** A time after every end of the test jobs and after all late lines. */
const longAfter = someTime + 3_600_000;

function ended(given: Partial<Job> = {}): Job {
  const { nextCheckAt: _, ...job } = running;
  return { ...job, status: 'succeeded', finishedAt: someTime + 5000, ...given };
}

function withoutLog({ log: _, ...job }: Job): Job {
  return job;
}

let deps: ReturnType<typeof testDeps>;
beforeEach(() => {
  deps = { ...testDeps(), clock: virtualClock(longAfter) };
});

/** Writes lines of these messages, a millisecond apart. */
function write(log: typeof firstLog, ...messages: readonly string[]): void {
  deps.logs.write(log, ...messages.map((message, index) => ({ at: someTime + index, message })));
}

async function logsOf(job: Job, query: Partial<GetLogsInput> = {}): Promise<LogLines> {
  if ((await deps.jobs.get({ tenant: job.tenant, jobId: job.id })) === undefined) await deps.jobs.insert(job);
  return getLogs(deps, { key: { tenant: job.tenant, jobId: job.id }, limit: 50, ...query });
}

const messagesOf = ({ lines }: LogLines) => lines.map(({ message }) => message);

describe('getLogs of a job that has ended', () => {
  test('returns the lines with their times, and reports that there are no more', async () => {
    write(firstLog, 'a', 'b');
    expect(await logsOf(ended())).toEqual({
      lines: [
        { at: someTime, message: 'a' },
        { at: someTime + 1, message: 'b' },
      ],
      isAwaitingMore: false,
    });
  });

  test('continues page by page, to an end without a cursor', async () => {
    write(firstLog, 'a', 'b', 'c', 'd');
    const first = await logsOf(ended(), { limit: 2 });
    expect(messagesOf(first)).toEqual(['a', 'b']);
    const second = await logsOf(ended(), { limit: 2, cursor: first.nextCursor });
    expect(messagesOf(second)).toEqual(['c', 'd']);
    const last = await logsOf(ended(), { limit: 2, cursor: second.nextCursor });
    expect(last).toEqual({ lines: [], isAwaitingMore: false });
  });

  test('reads once after a page that is not full, and not after a full one', async () => {
    write(firstLog, 'a', 'b');
    await logsOf(ended(), { limit: 3 });
    expect(deps.logs.reads).toBe(2);
    await logsOf(ended(), { limit: 2 });
    expect(deps.logs.reads).toBe(3);
  });

  test('continues after an empty or short page before the end', async () => {
    deps.logs.leaveGap(firstLog);
    deps.logs.leaveGap(firstLog);
    write(firstLog, 'a');
    deps.logs.leaveGap(firstLog);
    write(firstLog, 'b');
    const first = await logsOf(ended());
    expect(messagesOf(first)).toEqual(['a']);
    expect(first.isAwaitingMore).toBe(false);
    const second = await logsOf(ended(), { cursor: first.nextCursor });
    expect(messagesOf(second)).toEqual(['b']);
    expect(second.nextCursor).toBeUndefined();
  });

  test('stops after a few empty pages, with a cursor to continue', async () => {
    for (let count = 0; count < 7; count += 1) deps.logs.leaveGap(firstLog);
    write(firstLog, 'a');
    const first = await logsOf(ended());
    expect(first).toEqual({ lines: [], nextCursor: expect.any(String), isAwaitingMore: false });
    expect(deps.logs.reads).toBeLessThan(8);
    expect(messagesOf(await logsOf(ended(), { cursor: first.nextCursor }))).toEqual(['a']);
  });

  test.each([
    ['whose log is gone', ended()],
    ['of which no attempt began', withoutLog(ended({ attempt: 0 }))],
    ['whose attempt has no log', withoutLog(ended())],
  ])('returns no lines of one %s', async (_, job) => {
    expect(await logsOf(job)).toEqual({ lines: [], isAwaitingMore: false });
  });

  test('continues for 10 s after the end, for lines that arrive late', async () => {
    write(firstLog, 'a');
    const at = (now: number) => ({ ...deps, clock: virtualClock(now) });
    const key = { tenant: 'local', jobId: ended().id };
    await deps.jobs.insert(ended());
    const early = await getLogs(at(someTime + 14_999), { key, limit: 50 });
    write(firstLog, 'b');
    const late = await getLogs(at(someTime + 15_000), { key, limit: 50, cursor: early.nextCursor });
    expect([messagesOf(early), messagesOf(late)]).toEqual([['a'], ['b']]);
    expect(late.nextCursor).toBeUndefined();
  });
});

describe('getLogs of a job that runs', () => {
  test('always returns a cursor, and reports when there are no more lines yet', async () => {
    write(firstLog, 'a');
    const first = await logsOf(running);
    expect(messagesOf(first)).toEqual(['a']);
    expect(first.isAwaitingMore).toBe(false);
    const second = await logsOf(running, { cursor: first.nextCursor });
    expect(second).toEqual({ lines: [], nextCursor: expect.any(String), isAwaitingMore: true });
    write(firstLog, 'b');
    expect(messagesOf(await logsOf(running, { cursor: second.nextCursor }))).toEqual(['b']);
  });

  test('does not read past its pages, because more lines can follow', async () => {
    write(firstLog, 'a');
    await logsOf(running);
    expect(deps.logs.reads).toBe(1);
  });

  test('can be followed from before its first attempt', async () => {
    const key = { tenant: 'local', jobId: running.id };
    await deps.jobs.insert(scheduledJob({ dispatcher, version: 1 }));
    const before = await getLogs(deps, { key, limit: 50 });
    expect(before).toEqual({ lines: [], nextCursor: expect.any(String), isAwaitingMore: true });
    await deps.jobs.replace({ ...running, version: 2 }, 1);
    const firstPage = await getLogs(deps, { key, limit: 50, cursor: before.nextCursor });
    expect(firstPage).toEqual({ lines: [], nextCursor: expect.any(String), isAwaitingMore: true });
    write(firstLog, 'a');
    expect(messagesOf(await getLogs(deps, { key, limit: 50, cursor: firstPage.nextCursor }))).toEqual(['a']);
  });
});

describe('getLogs of one of several attempts', () => {
  const second = { ...withoutLog(running), attempt: 2, endedAttempts: [firstAttempt] };
  beforeEach(() => {
    write(firstLog, 'first');
    write(secondLog, 'second');
  });

  test('returns the last attempt that has a log', async () => {
    expect(messagesOf(await logsOf({ ...second, log: secondLog }))).toEqual(['second']);
  });

  test('returns the previous attempt while the current one has no log yet, and before another one starts', async () => {
    expect(messagesOf(await logsOf(second))).toEqual(['first']);
    const retrying: Job = { ...running, id: jobIdAt(1), status: 'retrying', endedAttempts: [firstAttempt] };
    expect(messagesOf(await logsOf(retrying))).toEqual(['first']);
  });

  test('returns the requested attempt, which has ended while the job runs', async () => {
    const job = { ...second, log: secondLog };
    expect(await logsOf(job, { attempt: 1 })).toMatchObject({ lines: [{ message: 'first' }] });
    expect(await logsOf(job, { attempt: 1 })).not.toHaveProperty('nextCursor');
    expect(messagesOf(await logsOf(job, { attempt: 2 }))).toEqual(['second']);
    expect(await logsOf(job, { attempt: 3 })).toMatchObject({ lines: [], isAwaitingMore: true });
  });

  test('continues with the attempt of its cursor', async () => {
    const id = jobIdAt(1);
    const before = await logsOf({ ...second, id }, { limit: 1 });
    expect(before.nextCursor).toBeDefined();
    write(firstLog, 'more of the first');
    await deps.jobs.replace({ ...second, id, log: secondLog, version: second.version + 1 }, second.version);
    const after = await getLogs(deps, {
      key: { tenant: 'local', jobId: id },
      limit: 50,
      cursor: before.nextCursor,
    });
    expect(messagesOf(after)).toEqual(['more of the first']);
  });
});

describe('getLogs of a job on Lambda', () => {
  const requestId = '8286a188-ba32-4475-8077-530cd35c09a9';
  const group = '/aws/lambda/errand-service-echo';
  const stream = { group, stream: '2026/11/30/[$LATEST]0' };
  const issuedTokenFingerprints = ['a-fingerprint'];
  const onLambda = (given: Partial<Job>) =>
    aJob({ status: 'executing', attempt: 1, startedAt: someTime, issuedTokenFingerprints, ...given });
  const succeeded = (given: Partial<Job> = {}) =>
    onLambda({ status: 'succeeded', finishedAt: someTime + 5000, invocation: { requestId }, ...given });
  const invocationOf = (id: string, ...messages: readonly string[]) => [
    `START RequestId: ${id} Version: $LATEST\n`,
    ...messages,
    `END RequestId: ${id}\n`,
  ];
  const foreign = invocationOf('1c9d4dbe-1a26-4cf1-b3e8-dcf4b6ac1e21', 'theirs');
  beforeEach(() => deps.services.insert(aService()));

  test('returns the lines of its invocation, and reports that there are no more', async () => {
    write(stream, ...foreign, ...invocationOf(requestId, 'a\n', 'b\nc'), ...foreign);
    const page = await logsOf(succeeded());
    expect(page).toMatchObject({ lines: [{ message: 'a' }, { message: 'b\nc' }], isAwaitingMore: false });
    expect(page).not.toHaveProperty('nextCursor');
  });

  test('returns them in pages of any size, each line once', async () => {
    write(stream, ...foreign, ...invocationOf(requestId, 'a', 'b', 'c'), ...foreign);
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await logsOf(succeeded(), { limit: 1, cursor });
      seen.push(...messagesOf(page));
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    expect(seen).toEqual(['a', 'b', 'c']);
  });

  test('reads the stream that the function reported without a search', async () => {
    write(stream, ...invocationOf(requestId, 'a'));
    const job = succeeded({ invocation: { requestId, stream: stream.stream } });
    expect(messagesOf(await logsOf(job))).toEqual(['a']);
    expect(deps.logs.reads).toBe(2);
  });

  test('returns the lines of an invocation that runs, and continues with later ones', async () => {
    write(stream, ...foreign, ...invocationOf(requestId, 'a').slice(0, 2));
    const job = onLambda({ invocation: { requestId } });
    const first = await logsOf(job);
    expect(messagesOf(first)).toEqual(['a']);
    const second = await logsOf(job, { cursor: first.nextCursor });
    expect(second).toEqual({ lines: [], nextCursor: expect.any(String), isAwaitingMore: true });
    for (const [index, message] of ['b', ...invocationOf(requestId).slice(1), ...foreign].entries())
      deps.logs.write(stream, { at: someTime + 1000 + index, message });
    expect(messagesOf(await logsOf(job, { cursor: second.nextCursor }))).toEqual(['b']);
  });

  test('waits for the request ID of an attempt that runs', async () => {
    const waiting = { lines: [], nextCursor: expect.any(String), isAwaitingMore: true };
    expect(await logsOf(onLambda({}))).toEqual(waiting);
    expect(deps.logs.reads).toBe(0);
  });

  test('ignores lines before and after the time of the attempt', async () => {
    deps.logs.write(stream, { at: someTime - 60_000, message: `START RequestId: ${requestId}` });
    deps.logs.write(stream, { at: someTime + 60_000, message: `START RequestId: ${requestId}` });
    await expect(logsOf(succeeded())).rejects.toMatchObject({ slug: 'log-out-of-reach' });
  });

  test('returns each attempt by its own invocation', async () => {
    const earlier = '1c9d4dbe-1a26-4cf1-b3e8-dcf4b6ac1e21';
    write(stream, ...invocationOf(earlier, 'first'), ...invocationOf(requestId, 'second'));
    const { log: _, ...attempt } = firstAttempt;
    const endedAttempts = [{ ...attempt, invocation: { requestId: earlier } }];
    const job = succeeded({ attempt: 2, endedAttempts });
    expect(messagesOf(await logsOf(job))).toEqual(['second']);
    expect(messagesOf(await logsOf(job, { attempt: 1 }))).toEqual(['first']);
  });

  test.each([
    ['whose request ID is not known', { invocation: undefined }, /request ID of the invocation is not known/],
    [
      'whose lines have expired',
      {},
      /There are no lines in the log group \/aws\/lambda\/errand-service-echo/,
    ],
    [
      'in a group that Errand must not read',
      { invocation: { requestId, group: '/own' } },
      /no permission.*\/own/,
    ],
  ])('refuses an attempt %s', async (_, given, detail) => {
    deps.logs.forbid('/own');
    const { invocation, ...job } = { ...succeeded(), ...given };
    const stored = { ...job, ...(invocation === undefined ? {} : { invocation }) };
    await expect(logsOf(stored)).rejects.toMatchObject({
      slug: 'log-out-of-reach',
      message: expect.stringMatching(detail),
    });
  });

  test('never reads the log group of another function, even if the function reports it', async () => {
    const other = { group: '/aws/lambda/errand-service-other', stream: 's' };
    write(other, ...invocationOf(requestId, 'theirs'));
    const job = succeeded({ invocation: { requestId, ...other } });
    await expect(logsOf(job)).rejects.toMatchObject({ slug: 'log-out-of-reach' });
  });

  test('refuses a position that it did not sign', async () => {
    write(stream, ...invocationOf(requestId, 'a', 'b'), ...foreign);
    const { nextCursor = '' } = await logsOf(succeeded(), { limit: 3 });
    const [, position = ''] =
      /^1:(.*)$/.exec(Buffer.from(nextCursor, 'base64url').toString().slice(16)) ?? [];
    const identity = { list: 'logs', tenant: 'local', jobId: succeeded().id, attempt: undefined };
    const cursorOf = (changed: string) => encodeCursor(identity, `1:${changed}`);
    expect(messagesOf(await logsOf(succeeded(), { cursor: cursorOf(position) }))).toEqual([]);
    for (const changed of [position.replace('after 3', 'after 5'), position.slice(22), 'x'])
      await expect(logsOf(succeeded(), { cursor: cursorOf(changed) })).rejects.toMatchObject({
        slug: 'bad-cursor',
      });
  });
});

describe('the lines of getLogs', () => {
  test('fit in a response however they are escaped, and none is lost', async () => {
    const messages = Array.from({ length: 900 }, (_, index) => `${index}${'\0'.repeat(1500)}`);
    write(firstLog, ...messages);
    const told: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await logsOf(ended(), { limit: 1000, cursor });
      const body = JSON.stringify({ body: JSON.stringify({ items: page.lines }) });
      expect(Buffer.byteLength(body)).toBeLessThan(6_291_556);
      told.push(...messagesOf(page));
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    expect(told).toEqual(messages);
  });

  test('are Unicode, and a single one fits in a response', async () => {
    write(firstLog, 'half \ud800 of a pair', 'whole 𝄞', '\0', '\0'.repeat(1_048_576));
    const messages = messagesOf(await logsOf(ended()));
    expect(messages.slice(0, 3)).toEqual(['half \ufffd of a pair', 'whole 𝄞', '\0']);
    expect(messages[3]).toBe('\0'.repeat(262_144));
  });
});

describe('getLogs refuses', () => {
  const key = { tenant: 'local', jobId: running.id };

  test('a log that the service must not read, and names its location', async () => {
    deps.logs.forbid('/own');
    const job = ended({ log: { group: '/own', stream: 'mine' } });
    await expect(logsOf(job)).rejects.toMatchObject({
      slug: 'log-out-of-reach',
      message: expect.stringMatching(/\/own.*mine/),
    });
  });

  test('a log that it must not read, without the account in its name', async () => {
    deps.logs.forbid('/own-111122223333');
    const job = ended({ log: { group: '/own-111122223333', stream: 'mine' } });
    await expect(logsOf(job)).rejects.toMatchObject({
      message: expect.stringContaining('the log group /own-[hidden], which contains the stream mine'),
    });
  });

  test.each(['1:nowhere', '1:after 99', '11:', '0:', 'nothing'])('the position %s', async (position) => {
    write(firstLog, 'a');
    await deps.jobs.insert(ended());
    const identity = { list: 'logs', ...key, attempt: undefined };
    const query = { key, limit: 50, cursor: encodeCursor(identity, position) };
    await expect(getLogs(deps, query)).rejects.toMatchObject({ slug: 'bad-cursor' });
  });

  test('a cursor of another attempt, job or tenant', async () => {
    write(firstLog, 'a', 'b');
    const { nextCursor: cursor } = await logsOf(ended(), { limit: 1, attempt: 1 });
    const other = ended({ id: jobIdAt(someTime + 1) });
    await deps.jobs.insert(other);
    await deps.jobs.insert({ ...ended(), tenant: 'other' });
    for (const query of [
      { key },
      { key, attempt: 2 },
      { key: { ...key, jobId: other.id }, attempt: 1 },
      { key: { ...key, tenant: 'other' }, attempt: 1 },
    ])
      await expect(getLogs(deps, { limit: 1, cursor, ...query })).rejects.toMatchObject({
        slug: 'bad-cursor',
      });
  });

  test('a job that does not exist or belongs to another tenant', async () => {
    await deps.jobs.insert(ended());
    const foreign = { ...key, tenant: 'other' };
    await expect(getLogs(deps, { key: foreign, limit: 50 })).rejects.toMatchObject({ slug: 'not-found' });
    expect(deps.logs.reads).toBe(0);
  });
});
