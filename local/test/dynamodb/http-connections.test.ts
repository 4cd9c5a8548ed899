import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { httpConnections } from '../../dynamodb/http-connections.ts';

/** Connections to a server that answers each request with `respond`; `sockets` counts the connections it has accepted. */
async function connected(
  respond: (incoming: IncomingMessage, outgoing: ServerResponse, body: string) => void,
  maxConnections = 4,
) {
  let sockets = 0;
  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => respond(incoming, outgoing, Buffer.concat(chunks).toString()));
  });
  server.on('connection', () => {
    sockets += 1;
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const connections = httpConnections(new URL(`http://127.0.0.1:${port}`), maxConnections);
  onTestFinished(() => {
    connections.close();
    server.close();
  });
  return { connections, socketCount: () => sockets };
}

/** Connections to a server that writes exactly these bytes to each connection, in these pieces. */
async function connectedTo(pieces: readonly string[], ends = false) {
  const server = createTcpServer((socket: Socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => void writeInPieces(socket, pieces, ends));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const connections = httpConnections(new URL(`http://127.0.0.1:${port}`), 1);
  onTestFinished(() => {
    connections.close();
    server.close();
  });
  return connections;
}

async function writeInPieces(socket: Socket, pieces: readonly string[], ends: boolean): Promise<void> {
  for (const piece of pieces) {
    socket.write(piece);
    await delay(5);
  }
  if (ends) socket.destroy();
}

const body = (text: string) => Buffer.from(text);

describe('connections to the engine', () => {
  test('send headers and the body, and return status, headers and body', async () => {
    const { connections } = await connected((incoming, outgoing, received) => {
      outgoing.writeHead(400, { 'X-Amzn-RequestId': 'r1' });
      outgoing.end(`${incoming.method} ${incoming.url} ${incoming.headers['x-amz-target']} ${received}`);
    });
    const response = await connections.post({ 'x-amz-target': 'GetItem' }, body('é'));
    expect(response).toMatchObject({ status: 400, headers: { 'x-amzn-requestid': 'r1' } });
    expect(response.body.toString()).toBe('POST / GetItem é');
  });

  test('are used again, and no more than allowed are open', async () => {
    const { connections, socketCount } = await connected((_incoming, outgoing, received) => {
      setTimeout(() => outgoing.end(received), 2);
    }, 2);
    const bodies = Array.from({ length: 20 }, (_, index) => String(index));
    const responses = await Promise.all(bodies.map((text) => connections.post({}, body(text))));
    expect(responses.map((response) => response.body.toString())).toEqual(bodies);
    expect(socketCount()).toBe(2);
    await connections.post({}, body('again'));
    expect(socketCount()).toBe(2);
  });

  test('are replaced after the server has closed them', async () => {
    const { connections, socketCount } = await connected((_incoming, outgoing, received) => {
      outgoing.writeHead(200, { connection: 'close' });
      outgoing.end(received);
    }, 1);
    for (const text of ['one', 'two'])
      expect((await connections.post({}, body(text))).body.toString()).toBe(text);
    expect(socketCount()).toBe(2);
  });

  test('return a large body that arrives in many pieces', async () => {
    const large = 'x'.repeat(3_000_000);
    const { connections } = await connected((_incoming, outgoing) => outgoing.end(large));
    expect((await connections.post({}, body(''))).body.toString()).toBe(large);
  });

  test.each([
    ['with a length', ['HTTP/1.1 200 OK\r\nContent-Le', 'ngth: 4\r\n\r', '\nab', 'cd'], 'abcd'],
    ['without a body', ['HTTP/1.1 200 OK\r\n\r\n'], ''],
    [
      'in chunks',
      ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nab', 'c\r\n1', ';x=y\r\nd\r\n0\r\n\r\n'],
      'abcd',
    ],
  ])('read a response %s that arrives in pieces', async (_title, pieces, text) => {
    const connections = await connectedTo(pieces);
    expect((await connections.post({}, body(''))).body.toString()).toBe(text);
  });

  test.each([
    [
      'ends before the whole response',
      ['HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nab'],
      true,
      'was closed',
    ],
    ['does not speak HTTP', ['SSH-2.0-OpenSSH\r\n\r\n'], false, 'not an HTTP/1.1 response'],
  ])('reject a request when the server %s', async (_title, pieces, ends, message) => {
    const connections = await connectedTo(pieces, ends);
    await expect(connections.post({}, body(''))).rejects.toThrow(message);
  });

  test('reject open and waiting requests when they are closed', async () => {
    const { connections } = await connected(() => undefined, 1);
    const requests = [connections.post({}, body('open')), connections.post({}, body('waiting'))];
    const settled = Promise.allSettled(requests);
    await delay(20);
    connections.close();
    expect((await settled).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  });

  test('reject when nothing listens', async () => {
    const server = createTcpServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    const connections = httpConnections(new URL(`http://127.0.0.1:${port}`), 1);
    await expect(connections.post({}, body(''))).rejects.toThrow('ECONNREFUSED');
  });
});
