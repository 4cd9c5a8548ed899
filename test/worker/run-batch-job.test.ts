import { afterEach, describe, expect, test } from 'vitest';
import { until } from '../../local/test/fixture/until.ts';
import { problemResponse } from '../support/worker-server.ts';
import { type BatchProgram, runBatchProgram, startBatchProgram } from './run-batch-program.ts';
import { atFirst, workerServer } from './worker-call.ts';

const started: BatchProgram[] = [];

function start(...given: Parameters<typeof startBatchProgram>): BatchProgram {
  const program = startBatchProgram(...given);
  started.push(program);
  return program;
}

afterEach(async () => {
  for (const { child, ended } of started.splice(0)) {
    child.kill('SIGKILL');
    await ended;
  }
});

/** The environment has no parameters: the program has to request them. */
const withoutParameters = { ERRAND_PARAMETERS: undefined } as const;

const json = (request: { readonly text: string } | undefined) => JSON.parse(request?.text ?? '') as unknown;

describe('runBatchJob', () => {
  test('completes with the return value of the service, and exits with 0', async () => {
    const server = await workerServer();
    expect((await runBatchProgram(server, { PROGRAM: 'echo' })).status).toBe(0);
    expect(server.requests.map(({ route }) => route)).toEqual(['/complete']);
    expect(json(server.to('/complete')[0])).toEqual({ result: { a: 1 } });
    for (const { headers } of server.requests) expect(headers['errand-worker-id']).toBe('batch-1');
  });

  test('describes the job to the service', async () => {
    const server = await workerServer();
    await runBatchProgram(server, { PROGRAM: 'job', TRACEPARENT: '00-1-2-01' });
    expect(json(server.to('/complete')[0])).toEqual({
      result: { id: 'the-job', attempt: 2, traceparent: '00-1-2-01' },
    });
  });

  test('completes with null when the service returns nothing', async () => {
    const server = await workerServer();
    await runBatchProgram(server, { PROGRAM: 'nothing' });
    expect(json(server.to('/complete')[0])).toEqual({ result: null });
  });

  test('requests parameters that the environment does not contain', async () => {
    const server = await workerServer(({ route }) =>
      route === '/parameters' ? { body: { abort: true, b: 2 } } : undefined,
    );
    await runBatchProgram(server, { PROGRAM: 'echo', ERRAND_PARAMETERS: undefined });
    expect(json(server.to('/complete')[0])).toEqual({ result: { abort: true, b: 2 } });
  });

  test('reads large parameters from the URL that the worker routes return, without its token', async () => {
    const store = await workerServer(() => ({ body: { large: true } }));
    const server = await workerServer(({ route }) =>
      route === '/parameters' ? { status: 303, headers: { location: store.url } } : undefined,
    );
    await runBatchProgram(server, { PROGRAM: 'echo', ERRAND_PARAMETERS: undefined });
    expect(json(server.to('/complete')[0])).toEqual({ result: { large: true } });
    expect(store.requests[0]?.headers).not.toHaveProperty('authorization');
  });

  test('uploads a large result', async () => {
    const server = await workerServer();
    expect((await runBatchProgram(server, { PROGRAM: 'large' })).status).toBe(0);
    expect(server.to('/upload')[0]?.text).toHaveLength(300_002);
    expect(json(server.to('/complete')[0])).toMatchObject({ resultReference: 'the-reference' });
  });

  test.each([
    ['failure', { message: 'sold out', type: 'out-of-stock', retryable: true }],
    ['error', { message: 'too far', type: 'RangeError' }],
    ['stray', { message: 'stray', type: 'TypeError' }],
    ['circle', { message: 'The result is no JSON.', type: 'invalid-result', retryable: false }],
  ])('reports the end of the program "%s" as a failure, and exits with 1', async (program, report) => {
    const server = await workerServer();
    const { status, output } = await runBatchProgram(server, { PROGRAM: program });
    expect(status).toBe(1);
    expect(json(server.to('/fail')[0])).toEqual(report);
    expect(output).not.toContain(server.token);
  });

  test.each([
    ['throwable', 'an object without a prototype'],
    ['throwable', 'an error whose message is an object'],
    ['throwable', 'an error whose stack throws'],
    ['throwable', 'a proxy that refuses everything'],
    ['throwable', 'an object that throws when it is shown'],
    ['throwable', 'a failure with members of other types'],
    ['throwable', 'nothing'],
    ['stray-throwable', 'an object without a prototype'],
    ['stray-throwable', 'null'],
    ['unserializable', 'a big integer'],
    ['unserializable', 'a symbol'],
    ['unserializable', 'a function'],
    ['unserializable', 'an object that throws'],
    ['unserializable', 'a proxy'],
  ])('reports a failure and exits with 1 for a program (%s) that produces %s', async (program, name) => {
    const server = await workerServer();
    const parameters = { ERRAND_PARAMETERS: JSON.stringify({ name }) };
    // Killed after the test if it hangs.
    const { ended } = start(server, { PROGRAM: program, HEARTBEAT: '0.1', ...parameters });
    const { status } = await ended;
    expect(status).toBe(1);
    expect(json(server.to('/fail')[0])).toMatchObject({ message: expect.stringMatching(/./s) });
    expect(server.requests.at(-1)?.route).toBe('/fail');
  });

  test.each([
    ['/fail', 'error'],
    ['/complete', 'echo'],
  ])('sends no heartbeat once the work has ended, while %s gets no response', async (route, program) => {
    const server = await workerServer((request) => (request.route === route ? 'silent' : undefined));
    start(server, { PROGRAM: program, HEARTBEAT: '0.1' });
    await until('two tries of the report', () => server.to(route).length >= 2);
    const [first] = server.to(route);
    const later = server.to('/heartbeat').filter(({ at }) => at > (first?.at ?? 0));
    expect(later).toEqual([]);
  });

  test('continues heartbeats while a large result is uploaded', async () => {
    const server = await workerServer(atFirst(1, '/upload', 'silent'));
    start(server, { PROGRAM: 'large', HEARTBEAT: '0.1' });
    await until('an upload', () => server.to('/upload').length > 0);
    const before = server.to('/heartbeat').length;
    await until('heartbeats beside it', () => server.to('/heartbeat').length > before + 2);
  });

  test('keeps its attempt alive when a heartbeat never gets a response', async () => {
    const server = await workerServer(atFirst(1, '/heartbeat', 'silent'));
    start(server, { PROGRAM: 'obedient', ERRAND_HEARTBEAT_SECONDS: '4' });
    await until('a second heartbeat', () => server.to('/heartbeat').length >= 2);
    const [first, second] = server.to('/heartbeat');
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeLessThan(1_000);
  });

  test('sends the last progress before the result', async () => {
    const server = await workerServer();
    await runBatchProgram(server, { PROGRAM: 'progress' });
    expect(server.requests.at(-1)?.route).toBe('/complete');
    expect(json(server.to('/progress').at(-1))).toEqual({ stepsTotal: 10, stepsCompleted: 10 });
  });

  test.each(['/heartbeat', '/parameters', '/complete'])('survives two losses at %s', async (route) => {
    const server = await workerServer(atFirst(2, route, 'broken'));
    expect((await runBatchProgram(server, { PROGRAM: 'echo', ...withoutParameters })).status).toBe(0);
    expect(server.to(route)).toHaveLength(3);
  });

  test('works without any heartbeat that is delivered', async () => {
    const server = await workerServer(({ route }) => (route === '/heartbeat' ? 'broken' : undefined));
    expect((await runBatchProgram(server, { PROGRAM: 'echo', ...withoutParameters })).status).toBe(0);
    expect(server.to('/complete')).toHaveLength(1);
  });

  test('does not start the work of an attempt that is already over, and exits quietly', async () => {
    const server = await workerServer(() => problemResponse(409, 'stale-attempt'));
    const program = { PROGRAM: 'obedient', ...withoutParameters };
    expect(await runBatchProgram(server, program)).toEqual({ status: 0, output: '' });
    expect(server.requests.map(({ route }) => route).sort()).toEqual(['/heartbeat', '/parameters']);
  });

  test('stops when the response to its first report reports that the attempt is over, and exits quietly', async () => {
    const server = await workerServer(() => problemResponse(409, 'stale-attempt'));
    const { status, output } = await runBatchProgram(server, { PROGRAM: 'obedient', HEARTBEAT: '0.1' });
    expect({ status, output }).toEqual({ status: 0, output: 'working\n' });
    expect(server.requests.map(({ route }) => route)).toEqual(['/heartbeat']);
  });

  test.each([
    ['/complete', 'echo'],
    ['/fail', 'error'],
  ])('exits with 0 when the attempt turns out to be over at %s', async (route, program) => {
    const server = await workerServer((request) =>
      request.route === route ? problemResponse(409, 'stale-attempt') : undefined,
    );
    expect((await runBatchProgram(server, { PROGRAM: program })).status).toBe(0);
  });

  test('stops once its token is refused, and exits with 1, so that no output counts as its result', async () => {
    const server = await workerServer(() => problemResponse(401, 'unauthenticated'));
    const { status, output } = await runBatchProgram(server, { PROGRAM: 'obedient', HEARTBEAT: '0.1' });
    expect({ status, output }).toEqual({ status: 1, output: 'working\n' });
    expect(server.requests.map(({ route }) => route)).toEqual(['/heartbeat']);
  });

  test('stops for an abort that a heartbeat returns, and reports nothing', async () => {
    let aborted = false;
    const server = await workerServer(() => ({ body: { abort: aborted } }));
    const program = start(server, { PROGRAM: 'obedient', HEARTBEAT: '0.1' });
    await program.working;
    aborted = true;
    expect((await program.ended).status).toBe(143);
    expect(new Set(server.requests.map(({ route }) => route))).toEqual(new Set(['/heartbeat']));
  });

  test('sends four heartbeats in the longest allowed time without a report', async () => {
    const server = await workerServer();
    const program = start(server, { PROGRAM: 'obedient', ERRAND_HEARTBEAT_SECONDS: '1' });
    await until('two heartbeats', async () => (server.to('/heartbeat').length >= 2 ? true : undefined));
    program.child.kill('SIGTERM');
    await program.ended;
    const [first, second] = server.to('/heartbeat').map(({ at }) => at);
    expect((second ?? 0) - (first ?? 0)).toBeGreaterThan(200);
  });

  test('stops for SIGTERM, and leaves the reason to AWS Batch', async () => {
    const server = await workerServer();
    const program = start(server, { PROGRAM: 'obedient' });
    await program.working;
    program.child.kill('SIGTERM');
    expect((await program.ended).status).toBe(143);
    expect(server.to('/fail')).toEqual([]);
  });

  test('still delivers a result after SIGTERM', async () => {
    const server = await workerServer();
    const program = start(server, { PROGRAM: 'finishing' });
    await program.working;
    program.child.kill('SIGTERM');
    expect((await program.ended).status).toBe(0);
    expect(json(server.to('/complete')[0])).toEqual({ result: 'finished all the same' });
  });

  test('does not wait forever for a service that does not react', async () => {
    const server = await workerServer();
    const program = start(server, { PROGRAM: 'deaf', GRACE: '0.2' });
    await program.working;
    program.child.kill('SIGTERM');
    expect((await program.ended).status).toBe(143);
    expect(server.requests).toEqual([]);
  });

  test('names the missing variables, and shows no values', async () => {
    const server = await workerServer();
    const { status, output } = await runBatchProgram(server, {
      PROGRAM: 'echo',
      ERRAND_WORKER_URL: undefined,
      ERRAND_ATTEMPT: 'zero',
    });
    expect(status).toBe(1);
    expect(output).toContain('ERRAND_ATTEMPT, ERRAND_WORKER_URL missing or invalid');
    expect(output).not.toContain(server.token);
  });

  test('fails instead of running on parameters that are not JSON', async () => {
    const server = await workerServer();
    expect((await runBatchProgram(server, { PROGRAM: 'echo', ERRAND_PARAMETERS: '{' })).status).toBe(1);
    expect(json(server.to('/fail')[0])).toMatchObject({ type: 'parameters-unavailable', retryable: false });
  });
});
