import { writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { functionResource, temporaryDirectory } from '../lambda/local-lambda.ts';
import { apiResources, apiWith, send } from './local-api.ts';

const F = { functionName: 'f', isStreamed: true, timeoutMs: 60_000 };

function streaming(body: string) {
  return functionResource(
    'f',
    `const from = (stream, prelude) => awslambda.HttpResponseStream.from(stream, prelude);
     const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
     export const handler = awslambda.streamifyResponse(async (event, stream) => { ${body} });`,
  );
}

/** A gate at which user code waits with `await goOn()` until the test opens it. */
function gate() {
  const file = join(temporaryDirectory(), 'open');
  const goOn = `const { existsSync } = await import('node:fs');
    const goOn = async () => { while (!existsSync(${JSON.stringify(file)})) await wait(20); };`;
  return { goOn, open: () => writeFileSync(file, '') };
}

describe('a streamed integration', () => {
  test('sends status, headers and bytes before the function ends', async () => {
    const { goOn, open } = gate();
    const f = streaming(`${goOn} const out = from(stream, { statusCode: 201,
        headers: { 'content-type': 'text/event-stream', 'WWW-Authenticate': 'x' }, cookies: ['a=1', 'b=2'] });
      out.write('one'); await goOn(); out.write('two'); out.end();`);
    const { url } = await apiWith([...apiResources({ 'GET /': F }), f]);
    const answer = await fetch(url);
    expect(answer.status).toBe(201);
    expect(answer.headers.get('content-type')).toBe('text/event-stream');
    expect(answer.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    expect(answer.headers.get('x-amzn-remapped-www-authenticate')).toBe('x');
    const reader = answer.body?.getReader();
    expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe('one');
    open();
    expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe('two');
    expect(await reader?.read()).toMatchObject({ done: true });
  });

  test('runs 50 concurrent calls of 2 s in one thread', async () => {
    const f = streaming(`const out = from(stream, { statusCode: 200 });
      await wait(2000); out.write('held'); out.end();`);
    const { url, lambda } = await apiWith([...apiResources({ 'GET /': F }), f]);
    await lambda.prewarm(['f']);
    const begin = Date.now();
    const bodies = await Promise.all(Array.from({ length: 50 }, async () => (await send(url, '/')).body));
    expect(bodies).toEqual(Array(50).fill('held'));
    expect(Date.now() - begin).toBeLessThan(6_000);
    expect(lambda.environmentCount('f')).toBe(1);
  });

  test('requires a first write even for a response without a body', async () => {
    const f = streaming(`const out = from(stream, { statusCode: 204 });
      if (event.path === '/write') out.write(''); out.end();`);
    const { url } = await apiWith([...apiResources({ 'GET /{p+}': F }), f]);
    expect((await send(url, '/write')).status).toBe(204);
    expect((await send(url, '/silent')).status).toBe(502);
  });

  test('that fails, sends no status or does not stream results in 502', async () => {
    const f = streaming(
      `if (event.path === '/throw') throw new Error('secret'); stream.write('bare'); stream.end();`,
    );
    const g = functionResource('g', 'export const handler = async () => ({ statusCode: 200 });');
    const resources = apiResources({ 'GET /{p+}': F, 'GET /': { ...F, functionName: 'g' } });
    const { url } = await apiWith([...resources, f, g]);
    for (const target of ['/throw', '/bare', '/']) {
      const answer = await send(url, target);
      expect([answer.status, answer.body]).toEqual([502, '{"message":"Internal server error"}']);
    }
  });

  test('that fails later cuts the connection', async () => {
    const f = streaming(
      `const out = from(stream, { statusCode: 200 }); out.write('some'); await wait(100); throw new Error('late');`,
    );
    const { url } = await apiWith([...apiResources({ 'GET /': F }), f]);
    await expect(send(url, '/')).rejects.toMatchObject({ code: 'ECONNRESET' });
  });

  test('that is idle for too long is ended with 504 before its first byte, or by closing the connection', async () => {
    const { goOn, open } = gate();
    const f = streaming(`${goOn} const out = from(stream, { statusCode: 200 });
      if (event.path === '/late') out.write('some'); await goOn(); out.write('end'); out.end(); console.log('went on');`);
    const { url, lines, lambda } = await apiWith([...apiResources({ 'GET /{p+}': F }), f], {
      streamIdleSeconds: 1,
    });
    await lambda.prewarm(['f']);
    const [early] = await Promise.all([
      send(url, '/early'),
      expect(send(url, '/late')).rejects.toMatchObject({ code: 'ECONNRESET' }),
    ]);
    expect([early.status, early.body]).toEqual([504, '{"message":"Endpoint request timed out"}']);
    open();
    await expect.poll(() => lines.filter((line) => line === 'f: went on').length).toBe(2);
  });

  test('is limited in total by the integration timeout', async () => {
    const f = streaming(`const out = from(stream, { statusCode: 200 });
      for (let i = 0; i < 40; i++) { out.write('.'); await wait(50); } out.end();`);
    const resources = apiResources({ 'GET /': { ...F, timeoutMs: 700 } });
    const { url, lambda } = await apiWith([...resources, f]);
    await lambda.prewarm(['f']);
    await expect(send(url, '/')).rejects.toMatchObject({ code: 'ECONNRESET' });
  });

  test('has its pipeline stopped when the client disconnects before or after the first byte', async () => {
    const f = streaming(`const { pipeline } = await import('node:stream/promises');
      console.log('began');
      if (event.path === '/early') await wait(500);
      const forever = async function* () { try { for (;;) { yield 'x'; await wait(20); } } finally { console.log('stopped'); } };
      await pipeline(forever, from(stream, { statusCode: 200 }));`);
    const { url, lines } = await apiWith([...apiResources({ 'GET /{p+}': F }), f]);
    await new Promise<void>((resolve) => {
      const request = get(`${url}/late`, (incoming) => incoming.once('data', () => request.destroy()));
      request.on('error', () => undefined).on('close', resolve);
    });
    await expect.poll(() => lines).toEqual(['f: began', 'f: stopped']);
    const early = get(`${url}/early`).on('error', () => undefined);
    await expect.poll(() => lines).toHaveLength(3);
    early.destroy();
    await expect.poll(() => lines).toEqual(['f: began', 'f: stopped', 'f: began', 'f: stopped']);
  });

  test('runs to its end when the client disconnects', async () => {
    const f =
      streaming(`const out = from(stream, { statusCode: 200 }); const { once } = await import('node:events');
      for (let i = 0; i < 60; i++) { if (!out.write(Buffer.alloc(100_000))) await once(out, 'drain'); await wait(5); }
      out.end(); console.log('ran to its end');`);
    const { url, lines } = await apiWith([...apiResources({ 'GET /': F }), f]);
    await new Promise<void>((resolve) => {
      const request = get(url, (incoming) => incoming.once('data', () => request.destroy()));
      request.on('error', () => undefined).on('close', resolve);
    });
    await expect.poll(() => lines).toContain('f: ran to its end');
  });
});
