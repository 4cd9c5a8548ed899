import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import { parseLimit, redrive } from '../../cli/admin/redrive.ts';

const nothing = { dryRun: false, found: 0, published: 0, failed: 0, unreadable: 0, remaining: 0 };

/** Runs the command against an API that returns these reports, one for each call. */
async function run(reports: readonly object[], options = {}) {
  const bodies: unknown[] = [];
  const respond = async (request: IncomingMessage, response: ServerResponse) => {
    bodies.push(JSON.parse(Buffer.concat(await request.toArray()).toString()));
    const report = reports[bodies.length - 1];
    response.writeHead(report === undefined ? 400 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ ...nothing, ...report }));
  };
  const server = createServer((request, response) => void respond(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // a server that listens on a port
  const lines: string[] = [];
  try {
    const api = { url: `http://127.0.0.1:${port}`, apiKey: 'key' };
    const status = await redrive(api, { limit: undefined, isDryRun: false, ...options }, (line) =>
      lines.push(line),
    );
    return { status, lines, bodies };
  } finally {
    server.close();
  }
}

describe('errand redrive', () => {
  test('calls the API until nothing follows, and adds the numbers up', async () => {
    const { status, lines, bodies } = await run([
      { found: 100, published: 100, remaining: 30, complete: false, nextCursor: 'a' },
      { found: 20, published: 20, remaining: 10, complete: false },
      { found: 10, published: 10, remaining: 0, complete: true },
    ]);
    expect([status, lines]).toEqual([0, ['130 batches found, 130 published, 0 kept']]);
    expect(bodies).toEqual([{}, { cursor: 'a' }, {}]);
  });

  test('tries all batches although those of a call fail, stops when a call makes no progress, and exits with 1', async () => {
    const stuck = { found: 5, failed: 5, remaining: 50, complete: false, nextCursor: 'a' };
    const { status, lines, bodies } = await run([stuck, { ...stuck, published: 1, failed: 4 }, stuck, stuck]);
    expect([status, bodies]).toEqual([1, [{}, { cursor: 'a' }, { cursor: 'a' }]]);
    expect(lines[0]).toBe('15 batches found, 1 published, 50 kept');
    expect(lines[1]).toContain('14 could not be published');
  });

  test('reports what cannot be read, and exits with 1', async () => {
    const { status, lines } = await run([{ found: 2, unreadable: 2, remaining: 2, complete: true }]);
    expect(status).toBe(1);
    expect(lines.at(-1)).toContain('2 cannot be read by this release');
  });

  test('makes one call with a limit', async () => {
    const { bodies } = await run([{ found: 3, published: 3, remaining: 9, complete: false }], {
      limit: 3,
      isDryRun: true,
    });
    expect(bodies).toEqual([{ limit: 3, dryRun: true }]);
  });

  test('accepts limits from 1 to 500', () => {
    expect(['1', '500'].map(parseLimit)).toEqual([1, 500]);
    for (const text of ['0', '501', '-1', 'all', '1.5', ''])
      expect(() => parseLimit(text)).toThrow('from 1 to 500');
  });
});
