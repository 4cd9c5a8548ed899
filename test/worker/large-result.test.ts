import { describe, expect, test } from 'vitest';
import { defineService } from '../../worker/lambda/define-service.ts';
import { problemResponse } from '../support/worker-server.ts';
import { atFirst, eventFor, workerServer } from './worker-call.ts';

/** JSON text of exactly this many bytes. */
const textOf = (bytes: number) => 'x'.repeat(bytes - 2);
const returning = (result: unknown) => defineService(() => result);

describe('a result of a Lambda service', () => {
  test('of up to 200,000 bytes of JSON is returned without a request', async () => {
    const server = await workerServer();
    const result = textOf(200_000);
    expect(await returning(result)(eventFor(server))).toBe(result);
    expect(server.requests).toEqual([]);
  });

  test('beyond that is uploaded and completed by reference, and the function returns null', async () => {
    const server = await workerServer();
    const result = textOf(200_001);
    expect(await returning(result)(eventFor(server))).toBeNull();
    expect(server.requests.map(({ method, route }) => `${method} ${route}`)).toEqual([
      'POST /result-upload',
      'PUT /upload',
      'POST /complete',
    ]);
    const [uploadRequest, put, complete] = server.requests;
    expect(JSON.parse(uploadRequest?.text ?? '')).toEqual({
      mediaType: 'application/json',
      sizeBytes: 200_001,
    });
    expect(put?.text).toBe(JSON.stringify(result));
    expect(put?.headers).toMatchObject({ 'content-type': 'application/json', 'content-length': '200001' });
    expect(JSON.parse(complete?.text ?? '')).toEqual({
      resultReference: 'the-reference',
      mediaType: 'application/json',
    });
  });

  test('is measured in bytes, not in characters', async () => {
    const server = await workerServer();
    const result = 'ä'.repeat(150_000);
    expect(await returning(result)(eventFor(server))).toBeNull();
    expect(JSON.parse(server.requests[0]?.text ?? '')).toMatchObject({ sizeBytes: 300_002 });
  });

  test('is uploaded without the token', async () => {
    const server = await workerServer();
    await returning(textOf(200_001))(eventFor(server));
    expect(server.to('/upload')[0]?.headers).not.toHaveProperty('authorization');
  });

  test.each(['/result-upload', '/upload', '/complete'])('survives two losses at %s', async (route) => {
    const server = await workerServer(atFirst(2, route, 'broken'));
    expect(await returning(textOf(200_001))(eventFor(server))).toBeNull();
    expect(server.to(route)).toHaveLength(3);
  });

  test.each(['/result-upload', '/complete'])(
    'of an attempt that is over at %s does no harm',
    async (route) => {
      const server = await workerServer((request) =>
        request.route === route ? problemResponse(409, 'stale-attempt') : undefined,
      );
      expect(await returning(textOf(200_001))(eventFor(server))).toBeNull();
    },
  );

  test('that is refused fails the attempt with the reason', async () => {
    const server = await workerServer((request) =>
      request.route === '/complete' ? problemResponse(400, 'invalid-request', 'too deep') : undefined,
    );
    const error: unknown = await returning(textOf(200_001))(eventFor(server)).catch(
      (thrown: unknown) => thrown,
    );
    expect(JSON.parse((error as Error).message)).toEqual({
      message: 'The result was refused: too deep',
      type: 'result-refused',
      retryable: false,
    });
  });

  test('that the store refuses requests another attempt and does not show the URL', async () => {
    const server = await workerServer((request) =>
      request.route === '/upload' ? { status: 403 } : undefined,
    );
    const error: unknown = await returning(textOf(200_001))(eventFor(server)).catch(
      (thrown: unknown) => thrown,
    );
    expect(JSON.parse((error as Error).message)).toEqual({
      message: 'The result was not delivered: its upload failed with status 403',
      type: 'result-not-delivered',
      retryable: true,
    });
    expect(server.to('/complete')).toEqual([]);
  });

  test('that is not JSON is left to the runtime, which reports that', async () => {
    const server = await workerServer();
    const circle: unknown[] = [];
    circle.push(circle);
    expect(await returning(circle)(eventFor(server))).toBe(circle);
  });
});
