/*
Runs the container program examples/python-batch against a server that replaces the worker routes, as AWS Batch would run it, and
checks its reports and its exit status. Needs python3 (3.10 or later).
Usage: node test/oracle/python-batch.ts
Exits with 1 when the program violates the protocol.
*/
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { failureReport } from '../../core/contract/schemas/worker-schemas.ts';
import { readImageCommand } from '../../local/processes/image-command.ts';
import { until } from '../../local/test/fixture/until.ts';
import {
  type ContentFault,
  type ContentRequest,
  type ContentServer,
  startContentServer,
} from '../support/content-server.ts';
import { dataRoutes } from '../support/data-routes.ts';
import { schemaErrors } from '../support/manifest-schema.ts';
import {
  problemResponse,
  type RespondToWorker,
  startWorkerServer,
  type WorkerServer,
} from '../support/worker-server.ts';
import { runChecks } from './run-checks.ts';
import { sampleStatistics, sampleText } from './word-sample.ts';

const directory = new URL('../../examples/python-batch/', import.meta.url).pathname;
const { command } = readImageCommand(readFileSync(`${directory}Dockerfile`, 'utf8'), 'the Dockerfile');
const programs = new URL('python-batch-programs.py', import.meta.url).pathname;
const manifest = JSON.parse(readFileSync(`${directory}service-batch.json`, 'utf8')) as { result: object };

const parameters = { text: sampleText, top: 3, steps: 4, pause_seconds: 0 };
/** It waits for a minute after its first step. */
const slow = { ...parameters, pause_seconds: 60 };

interface Program {
  readonly server: WorkerServer;
  readonly child: ChildProcess;
  readonly ended: Promise<{ readonly status: number | null; readonly output: string }>;
}

interface Case {
  readonly parameters?: object;
  readonly response?: RespondToWorker;
  /** Instead of parameters in the environment. */
  readonly requestsParameters?: boolean;
  /** Programs of python-batch-programs.py, instead of the example's own. */
  readonly program?: string;
  readonly heartbeatSeconds?: number;
}

const running = new Set<Program>();

async function start({
  parameters: given = parameters,
  response,
  requestsParameters = false,
  program,
  heartbeatSeconds = 0.1,
}: Case): Promise<Program> {
  const bodies: Readonly<Record<string, object>> = { '/parameters': given, '/inputs': { documents: [] } };
  const server = await startWorkerServer((request) => {
    const body = bodies[request.route];
    return response?.(request) ?? (body === undefined ? undefined : { body });
  });
  const [python = '', ...options] = command;
  const child = spawn(python, program === undefined ? options : [programs], {
    cwd: directory,
    env: {
      PATH: process.env['PATH'],
      ERRAND_JOB_ID: 'the-job',
      ERRAND_ATTEMPT: '1',
      ERRAND_WORKER_URL: server.url,
      ERRAND_WORKER_TOKEN: server.token,
      AWS_BATCH_JOB_ID: 'batch-1',
      HEARTBEAT_SECONDS: String(heartbeatSeconds),
      ...(program === undefined ? {} : { PROGRAM: program, PYTHONPATH: directory }),
      ...(requestsParameters ? {} : { ERRAND_PARAMETERS: JSON.stringify(given) }),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
  const ended = once(child, 'close').then(([status]) => ({ status: status as number | null, output }));
  const started = { server, child, ended };
  running.add(started);
  return started;
}

async function run(one: Case) {
  const { server, ended } = await start(one);
  const { status, output } = await ended;
  assert.ok(!output.includes(server.token), 'the token was shown');
  return { server, status, output };
}

/** Documents in which a line and a character are split between two chunks. */
const inputs = {
  documents: ['A b\na b b', 'Äther b, äther'].map((text, index) => ({
    name: `${index}.txt`,
    content: Buffer.from(text),
  })),
};

/** Counted by hand: the text "a a b" and the documents. */
const documentStatistics = {
  words: 11,
  distinct: 3,
  longest: 'äther',
  commonest: [
    { word: 'b', count: 5 },
    { word: 'a', count: 4 },
    { word: 'äther', count: 2 },
  ],
};

interface DataCase extends Case {
  readonly faultOf?: (request: ContentRequest, contents: Map<string, Buffer>) => ContentFault | undefined;
}

/** Runs a program whose job has documents. */
async function runWithData({ faultOf, response, ...one }: DataCase) {
  const store: ContentServer = await startContentServer((request) => faultOf?.(request, store.contents));
  try {
    const routes = dataRoutes(store, { inputs });
    const respond: RespondToWorker = (request) => response?.(request) ?? routes(request);
    return { ...(await run({ parameters: { text: 'a a b' }, ...one, response: respond })), store };
  } finally {
    await store.stop();
  }
}

const json = (request: { readonly text: string } | undefined) => JSON.parse(request?.text ?? '') as unknown;

const checks: Record<string, () => Promise<void>> = {
  async 'counts words and completes'() {
    const { server, status } = await run({});
    assert.equal(status, 0);
    assert.deepEqual(json(server.to('/complete')[0]), { result: sampleStatistics });
    assert.deepEqual(schemaErrors(manifest.result, sampleStatistics), []);
    assert.deepEqual(
      new Set(server.requests.map(({ route }) => route)),
      new Set(['/inputs', '/progress', '/complete']),
    );
    assert.equal(server.requests.at(-1)?.route, '/complete');
    for (const { headers } of server.requests) assert.equal(headers['errand-worker-id'], 'batch-1');
    const reported = json(server.to('/progress').at(-1));
    assert.deepEqual(reported, { stepsTotal: 4, stepsCompleted: 4, message: '14 of 14 words' });
  },
  async 'sends one progress a second at most'() {
    const { server } = await run({ parameters: { ...parameters, steps: 24, pause_seconds: 0.1 } });
    const times = server.to('/progress').map(({ at }) => at);
    assert.ok(times.length >= 3 && times.length <= 5, `${times.length} reports`);
    for (const [index, at] of times.slice(1).entries()) assert.ok(at - (times[index] ?? 0) > 990);
  },
  async 'requests parameters that the environment does not contain'() {
    const { server, status } = await run({
      requestsParameters: true,
      parameters: { ...parameters, abort: true },
    });
    assert.equal(status, 0);
    assert.deepEqual(json(server.to('/complete')[0]), { result: sampleStatistics });
  },
  async 'reads large parameters without its token'() {
    const store = await startWorkerServer(() => ({ body: parameters }));
    const { server } = await run({
      requestsParameters: true,
      response: ({ route }) =>
        route === '/parameters' ? { status: 303, headers: { location: store.url } } : undefined,
    });
    await store.stop();
    assert.deepEqual(json(server.to('/complete')[0]), { result: sampleStatistics });
    assert.equal(store.requests[0]?.headers.authorization, undefined);
    assert.equal(store.requests[0]?.headers['errand-worker-id'], undefined);
  },
  async 'uploads a large result'() {
    // Words of five letters from an alphabet of ten.
    const letters = (number: number) =>
      String(number).replace(/\d/g, (digit) => 'abcdefghij'[Number(digit)] ?? '');
    const many = Array.from({ length: 12_000 }, (_, index) => letters(10_000 + index)).join(' ');
    const { server, status } = await run({ parameters: { text: many, top: 12_000, steps: 1 } });
    assert.equal(status, 0);
    const put = server.to('/upload')[0];
    assert.deepEqual(json(server.to('/result-upload')[0]), {
      mediaType: 'application/json',
      sizeBytes: Buffer.byteLength(put?.text ?? ''),
    });
    assert.equal(put?.headers.authorization, undefined);
    assert.equal((json(put) as { words: number }).words, 12_000);
    assert.deepEqual(json(server.to('/complete')[0]), {
      resultReference: 'the-reference',
      mediaType: 'application/json',
    });
  },
  async 'counts the words of documents, and writes the table of all words'() {
    const { server, store, status } = await runWithData({});
    assert.equal(status, 0);
    assert.deepEqual(json(server.to('/complete')[0]), { result: documentStatistics });
    assert.deepEqual(schemaErrors(manifest.result, documentStatistics), []);
    const table = 'word,count\r\nb,5\r\na,4\r\näther,2\r\n';
    assert.equal(store.contents.get('/counts-1')?.toString(), table);
    assert.deepEqual(json(server.to('/outputs/counts')[0]), {
      name: 'counts.csv',
      mediaType: 'text/csv',
      sizeBytes: Buffer.byteLength(table),
    });
    const sha256 = createHash('sha256').update(table).digest('hex');
    assert.deepEqual(json(server.to('/outputs/counts/counts-1/complete')[0]), { sha256 });
    for (const { headers } of store.requests) assert.equal(headers.authorization, undefined);
  },
  async 'continues a cut document at the first missing byte, from a fresh URL once it has expired'() {
    const faults: ContentFault[] = [{ cutAfterBytes: 5 }, { status: 403 }, { cutAfterBytes: 3 }, 'broken'];
    const { server, status } = await runWithData({ faultOf: () => faults.shift() });
    assert.equal(status, 0);
    assert.deepEqual(json(server.to('/complete')[0]), { result: documentStatistics });
    assert.equal(server.to('/inputs').length, 2);
  },
  async 'fails if a document has another size than described'() {
    const { server, status } = await runWithData({
      faultOf: ({ path }, contents) => void contents.set(path, Buffer.from('a')),
    });
    assert.equal(status, 1);
    assert.equal((json(server.to('/fail')[0]) as { type: string }).type, 'input-unavailable');
    assert.deepEqual(server.to('/complete'), []);
  },
  async 'uploads an output of unknown size in parts'() {
    const faults: ContentFault[] = ['broken', { status: 403 }];
    const { server, store, status } = await runWithData({
      program: 'large-output',
      faultOf: () => faults.shift(),
    });
    assert.equal(status, 0);
    const content = Buffer.from('0123456789'.repeat(2_000_000));
    assert.ok(store.contents.get('/counts-1')?.equals(content), 'the content is not complete');
    const { parts, sha256 } = json(server.to('/outputs/counts/counts-1/complete')[0]) as {
      parts: { number: number }[];
      sha256: string;
    };
    assert.deepEqual(
      parts.map(({ number }) => number),
      [1, 2],
    );
    assert.equal(sha256, createHash('sha256').update(content).digest('hex'));
    assert.deepEqual(json(server.to('/complete')[0]), { result: 'counts-1' });
  },
  async 'waits while the store joins the parts'() {
    let left = 2;
    const { server, status } = await runWithData({
      response: ({ route }) => {
        if (!route.endsWith('/counts-1/complete') || left === 0) return undefined;
        left -= 1;
        return { status: 202, body: { id: 'counts-1', status: 'uploading', abort: false } };
      },
    });
    assert.equal(status, 0);
    assert.equal(server.to('/outputs/counts/counts-1/complete').length, 3);
  },
  async 'does not complete an output after an abort'() {
    const { server, status } = await runWithData({
      response: ({ route }) =>
        route === '/outputs/counts' ? { body: { id: 'x', upload: {}, abort: true } } : undefined,
    });
    assert.equal(status, 143);
    assert.deepEqual(
      server.requests.filter(({ route }) => route.endsWith('complete')),
      [],
    );
  },
  async 'does not complete an output whose source fails'() {
    const { server, status } = await runWithData({ program: 'failing-output' });
    assert.equal(status, 1);
    assert.deepEqual(json(server.to('/fail')[0]), { message: 'no more', type: 'ValueError' });
    assert.deepEqual(
      server.requests.filter(({ route }) => route.endsWith('complete')),
      [],
    );
  },
  async 'fails if it uses a slot that the service does not declare, and names the slots that it does'() {
    const input = await runWithData({ program: 'undeclared-input' });
    assert.equal(input.status, 1);
    assert.deepEqual(json(input.server.to('/fail')[0]), {
      message: '"document" is not an input slot of the service, which has documents',
      type: 'ValueError',
    });
    const detail = '"count" is not an output slot of the service, which has counts';
    const output = await runWithData({
      program: 'undeclared-output',
      response: ({ route }) =>
        route === '/outputs/count' ? problemResponse(404, 'slot-not-found', detail) : undefined,
    });
    assert.deepEqual(json(output.server.to('/fail')[0]), { message: detail, type: 'Refused' });
  },
  async 'fails with its own message'() {
    const { server, status } = await run({ parameters: { text: '1 2 3' } });
    assert.equal(status, 1);
    assert.deepEqual(json(server.to('/fail')[0]), {
      message: 'The text has no words.',
      type: 'no-words',
      retryable: false,
    });
  },
  async 'fails with the name of any other error'() {
    const { server, status } = await run({ parameters: {} });
    assert.equal(status, 1);
    assert.deepEqual(json(server.to('/fail')[0]), { message: "'text'", type: 'KeyError' });
  },
  async 'retries after errors of the connection and of the service'() {
    let count = 0;
    const { server, status } = await run({
      response: ({ route }) => {
        if (route !== '/complete') return undefined;
        count += 1;
        return count === 1 ? 'broken' : count === 2 ? problemResponse(503, 'unavailable') : undefined;
      },
    });
    assert.equal(status, 0);
    assert.equal(server.to('/complete').length, 3);
  },
  async 'does not start the work of an attempt that is already over'() {
    const response = () => problemResponse(409, 'stale-attempt');
    const { server, status, output } = await run({ requestsParameters: true, response: response });
    assert.deepEqual({ status, output }, { status: 0, output: '' });
    assert.deepEqual(
      server.requests.map(({ route }) => route),
      ['/heartbeat'],
    );
  },
  async 'exits quietly when the attempt turns out to be over at the end'() {
    const { status } = await run({
      response: ({ route }) => (route === '/complete' ? problemResponse(409, 'stale-attempt') : undefined),
    });
    assert.equal(status, 0);
  },
  async 'stops once its token is refused, and exits with 1'() {
    const response = () => problemResponse(401, 'unauthenticated');
    const { server, status } = await run({ requestsParameters: true, response: response });
    assert.equal(status, 1);
    assert.deepEqual(
      server.requests.map(({ route }) => route),
      ['/heartbeat'],
    );
  },
  async 'stops within a second after an abort'() {
    let aborted = false;
    const { server, ended } = await start({
      parameters: slow,
      response: () => ({ body: { abort: aborted } }),
    });
    await until('it has started', () => server.to('/progress').length > 0);
    aborted = true;
    const since = performance.now();
    assert.equal((await ended).status, 143);
    assert.ok(performance.now() - since < 1_000);
    assert.deepEqual([server.to('/complete'), server.to('/fail')], [[], []]);
  },
  async 'stops within a second after SIGTERM'() {
    const { server, child, ended } = await start({ parameters: slow });
    await until('it has started', () => server.to('/progress').length > 0);
    const since = performance.now();
    child.kill('SIGTERM');
    assert.equal((await ended).status, 143);
    assert.ok(performance.now() - since < 1_000);
    assert.deepEqual([server.to('/complete'), server.to('/fail')], [[], []]);
  },
  async 'stops for a signal that arrives while the work has the lock that it waits for'() {
    const { ended } = await start({ program: 'signal-under-lock' });
    const stuck = new Promise<{ status: string }>((resolve) =>
      setTimeout(() => resolve({ status: 'stuck' }), 10_000).unref(),
    );
    assert.equal((await Promise.race([ended, stuck])).status, 143);
  },
  async 'sends a heartbeat again within its interval when one never gets a response'() {
    const { server } = await start({
      program: 'wait',
      heartbeatSeconds: 1.5,
      response: ({ route }) =>
        route === '/heartbeat' && server.to('/heartbeat').length === 1 ? 'silent' : undefined,
    });
    await until('two heartbeats', () => server.to('/heartbeat').length >= 2);
    const [first, second] = server.to('/heartbeat');
    assert.ok((second?.at ?? 0) - (first?.at ?? 0) < 1_500);
  },
  async 'sends heartbeats while its progress never gets a response'() {
    const response: RespondToWorker = ({ route }) => (route === '/progress' ? 'silent' : undefined);
    const { server } = await start({ program: 'wait', heartbeatSeconds: 1.5, response: response });
    await until('a heartbeat', () => server.to('/heartbeat').length > 0);
    const [progress] = server.to('/progress');
    const [heartbeat] = server.to('/heartbeat');
    assert.ok((heartbeat?.at ?? 0) - (progress?.at ?? 0) < 6_000);
  },
  async 'sends no heartbeat once the work has ended'() {
    const response: RespondToWorker = ({ route }) => (route === '/complete' ? 'silent' : undefined);
    const { server } = await start({ response: response });
    await until('two tries of the result', () => server.to('/complete').length >= 2);
    const end = server.to('/complete')[0]?.at ?? 0;
    // One request may have been in transit when the work ended.
    assert.ok(server.to('/heartbeat').filter(({ at }) => at > end + 100).length === 0);
  },
  async 'sends heartbeats while a large result is uploaded'() {
    const response: RespondToWorker = ({ route }) => (route === '/upload' ? 'silent' : undefined);
    const { server } = await start({ program: 'large', response: response });
    await until('an upload', () => server.to('/upload').length > 0);
    const before = server.to('/heartbeat').length;
    await until('heartbeats beside it', () => server.to('/heartbeat').length > before + 2);
  },
};

/** Values that the work raises or returns and that cannot be reported unchanged, with the report. */
const awkward = {
  'no-text': { type: 'Unspeakable', message: 'The service raised Unspeakable, which has no text.' },
  'no-exception': { type: 'Nameless', message: 'outside' },
  surrogate: { type: 'ValueError', message: 'half \ufffd of a pair' },
  huge: { type: 'ValueError', message: 'x'.repeat(4000) },
  'other-types': { type: '5', message: "{'no': 'text'}", retryable: false },
  leave: { type: 'SystemExit', message: '0' },
  circle: { type: 'ValueError' },
  set: { type: 'TypeError' },
  'surrogate-result': { type: 'UnicodeEncodeError' },
} as const;

for (const [program, expected] of Object.entries(awkward)) {
  checks[`reports a failure and exits with 1 for the program "${program}"`] = async () => {
    const { server, status } = await run({ program });
    assert.equal(status, 1);
    const report = json(server.to('/fail')[0]) as object;
    assert.deepEqual({ ...report, ...expected }, report);
    assert.ok(failureReport.safeParse(report).success);
  };
}

await runChecks(checks, async () => {
  for (const { child, ended, server } of running) {
    child.kill('SIGKILL');
    await ended;
    await server.stop();
  }
  running.clear();
});
