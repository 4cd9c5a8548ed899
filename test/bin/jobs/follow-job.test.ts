import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { stripVTControlCharacters } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { followJob } from '../../../bin/jobs/follow-job.ts';
import { screenWidth } from '../../../bin/terminal/layout.ts';
import { createScreen } from '../../../bin/terminal/screen.ts';
import { collectingStream } from '../terminal/terminal-stream.ts';

const id = '01890a5d-ac96-774b-bcce-b302099a8057';
const transition = (sequence: number, state: string) =>
  `id: ${sequence}\nevent: errand.job.${state}\ndata: {"sequence":"${sequence}","type":"errand.job.${state}"}\n\n`;
const progress = (completion: number) =>
  `event: progress\ndata: {"jobId":"${id}","progress":{"completion":${completion},"message":"50 rows"}}\n\n`;

/** Parts of the event stream by the `Last-Event-ID` of the request; the first stream ends before the job. */
const streams: Readonly<Record<string, string>> = {
  '': `event: snapshot\ndata: {"id":"${id}"}\n\n${transition(1, 'pending')}:\n\nretry: 10\n\n`,
  '1': `${transition(2, 'executing')}${progress(0.5)}${transition(3, 'succeeded')}event: end\ndata: {}\n\n`,
};

/** Starts an API that ends with the test; returns its URL. */
async function startApi(
  respond: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<string> {
  const server = createServer(respond).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
}

function respondAsApi({ url, headers }: IncomingMessage, response: ServerResponse): void {
  expect(headers['x-api-key']).toBe('key');
  if (!url?.endsWith('/events')) response.end(JSON.stringify({ id, status: 'succeeded' }));
  else {
    response.setHeader('content-type', 'text/event-stream');
    // In two parts, the first of which ends within a line.
    const text = streams[String(headers['last-event-id'] ?? '')] ?? '';
    response.write(text.slice(0, 9));
    response.end(text.slice(9));
  }
}

test('a job is followed over a stream that is closed early, and each change is a plain line of a file', async () => {
  const api = { url: await startApi(respondAsApi), apiKey: 'key' };
  const { stream, written } = collectingStream(undefined);
  const job = await followJob(api, createScreen(stream), { id });
  expect(job.status).toBe('succeeded');
  expect(job.events.map(({ type }) => type.split('.').at(-1))).toEqual(['pending', 'executing', 'succeeded']);
  const changes = written
    .join('')
    .split('\n')
    .map((line) => line.replace(/ *\d+\.\d s/, '').trimEnd());
  expect(changes.filter((line, index) => line !== changes[index - 1])).toEqual([
    `  job ${id}`,
    '  submitted',
    '  pending',
    '  executing',
    '  executing   50 %  50 rows',
    '  succeeded  100 %  50 rows',
    '',
  ]);
});

test('a terminal of 80 columns has one line that is redrawn, and keeps the full bar of a job that succeeded', async () => {
  const api = { url: await startApi(respondAsApi), apiKey: 'key' };
  const { stream, written } = collectingStream(80);
  await followJob(api, createScreen(stream), { id });
  const text = stripVTControlCharacters(written.join(''));
  expect(text.split('\n')).toHaveLength(3);
  for (const line of text.split(/[\r\n]/)) expect(line.length).toBeLessThan(screenWidth);
  expect(text).toContain(`  ${'█'.repeat(16)}${'░'.repeat(16)}  executing   50 %`);
  expect(text.split('\n')[1]?.split('\r').at(-1)).toMatch(
    /^ {2}█{32} {2}succeeded {2}100 % +\d+\.\d s {2}50 rows$/,
  );
});

test('a refused stream is an error with the response of the API', async () => {
  const url = await startApi(({ url: path }, response) => {
    if (path?.endsWith('/events')) response.statusCode = 403;
    response.end(path?.endsWith('/events') ? 'no scope' : JSON.stringify({ id }));
  });
  const { stream } = collectingStream(undefined);
  await expect(followJob({ url, apiKey: 'key' }, createScreen(stream), { id })).rejects.toThrow(
    `The events of job ${id} cannot be read: status 403: no scope`,
  );
});
