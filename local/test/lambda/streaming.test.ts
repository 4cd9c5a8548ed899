import { describe, expect, test } from 'vitest';
import type { StreamedResult } from '../../cloud.ts';
import type { LocalLambda } from '../../lambda/start-lambda.ts';
import { call, functionResource, lambdaWith, testOperator } from './local-lambda.ts';

function stream(lambda: LocalLambda, event: unknown = {}): Promise<StreamedResult> {
  return lambda.invokeStreaming({
    functionName: 'f',
    payload: JSON.stringify(event),
    principal: testOperator,
  });
}

async function text(result: StreamedResult): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of result.body) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

function streaming(body: string): string {
  return `export const handler = awslambda.streamifyResponse(async (event, stream, context) => { ${body} });`;
}

const testPrelude = `awslambda.HttpResponseStream.from(stream, { statusCode: 201, headers: { 'x-a': '1' },
  multiValueHeaders: { 'x-b': ['2', '3'] }, cookies: ['c=4'] })`;

describe('a streaming function', () => {
  test('is read while it still runs', async () => {
    const code = streaming(`const out = ${testPrelude}; out.write('first');
      await new Promise((resolve) => { globalThis.go = resolve; setTimeout(resolve, 3000); }); out.end('last');`);
    const { lambda } = lambdaWith([functionResource('f', code)]);
    const result = await stream(lambda);
    expect(await result.prelude).toEqual({
      statusCode: 201,
      headers: { 'x-a': '1', 'x-b': ['2', '3'] },
      cookies: ['c=4'],
    });
    const body = result.body[Symbol.asyncIterator]();
    const begin = Date.now();
    const first = await body.next();
    expect(Buffer.from(first.value ?? []).toString()).toBe('first');
    expect(Date.now() - begin).toBeLessThan(2_000);
    const last = await body.next();
    expect(Buffer.from(last.value ?? []).toString()).toBe('last');
    expect(await body.next()).toMatchObject({ done: true });
  });

  test('sends nothing before its first write, and nothing if it only ends the stream', async () => {
    const held = streaming(`const out = ${testPrelude}; console.log('made');
      if (event.write) out.write(''); out.end(); console.log('ended');`);
    const { lambda, lines } = lambdaWith([functionResource('f', held)]);
    const silent = await stream(lambda, {});
    expect(await silent.prelude).toBeNull();
    expect(await text(silent)).toBe('');
    const spoken = await stream(lambda, { write: true });
    expect(await spoken.prelude).toMatchObject({ statusCode: 201 });
    expect(await text(spoken)).toBe('');
    await expect.poll(() => lines.length).toBe(4);
  });

  test('has no prelude unless it sets one', async () => {
    const { lambda } = lambdaWith([
      functionResource('f', streaming("stream.write({ a: 1 }); stream.end('.');")),
    ]);
    const result = await stream(lambda);
    expect(await result.prelude).toBeNull();
    expect(await text(result)).toBe('{"a":1}.');
  });

  test('waits for its reader and loses nothing of a large body', async () => {
    const code =
      streaming(`const out = ${testPrelude}; const { pipeline } = await import('node:stream/promises');
      await pipeline((async function* () { for (let i = 0; i < 200; i++) yield Buffer.alloc(50_000, i % 10 + 48); })(), out);`);
    const { lambda } = lambdaWith([functionResource('f', code)]);
    const body = await text(await stream(lambda));
    expect(body.length).toBe(10_000_000);
    expect(body.slice(-1)).toBe('9');
  });

  test('that throws before its first write rejects the prelude with Lambda’s message', async () => {
    const { lambda } = lambdaWith([functionResource('f', streaming("throw new TypeError('no');"))]);
    const result = await stream(lambda);
    await expect(result.prelude).rejects.toMatchObject({
      fault: { errorType: 'TypeError', errorMessage: 'no' },
    });
    await expect(text(result)).rejects.toThrow('TypeError: no');
  });

  test('that throws later fails its body', async () => {
    const code = streaming(`const out = ${testPrelude}; out.write('some'); throw new Error('late');`);
    const { lambda } = lambdaWith([functionResource('f', code)]);
    const result = await stream(lambda);
    expect(await result.prelude).toMatchObject({ statusCode: 201 });
    await expect(text(result)).rejects.toMatchObject({ fault: { errorMessage: 'late' } });
  });

  test('that does not end its stream fails, and one past its time limit times out', async () => {
    const code = streaming(`if (event.hang) await new Promise(() => {}); stream.write('x');`);
    const { lambda } = lambdaWith([functionResource('f', code, { Timeout: 1 })]);
    await expect(text(await stream(lambda))).rejects.toThrow('Response stream is not finished.');
    await expect((await stream(lambda, { hang: true })).prelude).rejects.toMatchObject({
      fault: { errorType: 'Sandbox.Timedout' },
    });
  });

  test('past its time limit still has a reader for its further writes', async () => {
    const code = streaming(`await new Promise((resolve) => setTimeout(resolve, 1300));
      stream.write('late'); stream.end(() => console.log('went on'));`);
    const { lambda, lines } = lambdaWith([functionResource('f', code, { Timeout: 1 })]);
    await expect(text(await stream(lambda))).rejects.toThrow('Sandbox.Timedout');
    await expect.poll(() => lines).toContain('f: went on');
  });

  test('has its pipeline stopped immediately, and does not fail, when no client reads any longer', async () => {
    const code = streaming(`const { pipeline } = await import('node:stream/promises');
      const out = ${testPrelude};
      const forever = async function* () { try { yield 'x'; for (;;) { await new Promise((resolve) => setTimeout(resolve, 10)); yield 'y'; } }
        finally { console.log('stopped'); } };
      await pipeline(forever, out);`);
    const { lambda, lines } = lambdaWith([functionResource('f', code, { Timeout: 60 })]);
    const gone = new AbortController();
    const result = await lambda.invokeStreaming({
      functionName: 'f',
      payload: '{}',
      principal: testOperator,
      readerDisconnected: gone.signal,
    });
    await result.prelude;
    gone.abort();
    await text(result);
    expect(lines).toEqual(['f: stopped']);
  });

  test.each(['small', 'large'])(
    'that only writes a %s body runs to its end without a reader',
    async (size) => {
      const code = streaming(`const { once } = await import('node:events');
      const out = ${testPrelude};
      out.write('x');
      await new Promise((resolve) => setTimeout(resolve, 300));
      for (let i = 0; i < 5; i += 1) if (!out.write('y'.repeat(${size === 'large' ? 100_000 : 10}))) await once(out, 'drain');
      await new Promise((resolve) => out.end(resolve));
      console.log('ran to its end');`);
      const { lambda, lines } = lambdaWith([functionResource('f', code)]);
      const request = { functionName: 'f', payload: '{}', principal: testOperator };
      await text(await lambda.invokeStreaming({ ...request, readerDisconnected: AbortSignal.abort() }));
      expect(lines).toEqual(['f: ran to its end']);
    },
  );

  test('returns all its output to a buffered invocation', async () => {
    const { lambda } = lambdaWith([
      functionResource('f', streaming("stream.write('[1,'); stream.end('2]');")),
    ]);
    expect(await call(lambda, 'f')).toEqual([1, 2]);
  });
});

test('the result of a function that does not stream becomes the body', async () => {
  const { lambda } = lambdaWith([functionResource('f', 'export const handler = async () => ({ a: 1 });')]);
  const result = await stream(lambda);
  expect(await result.prelude).toBeNull();
  expect(await text(result)).toBe('{"a":1}');
});
