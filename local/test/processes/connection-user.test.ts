import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { isOfOtherUser } from '../../processes/connection-user.ts';

test('a connection of this user is not of another user', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // a TCP server has an address object
  const client = connect(port, '127.0.0.1');
  onTestFinished(() => void client.destroy());
  const [socket] = await once(server, 'connection');
  expect(isOfOtherUser(socket)).toBe(false);
});

const header =
  '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode';
const row = (from: string, to: string, user: number) =>
  `   0: 0100007F:${from} 0100007F:${to} 01 00000000:00000000 00:00000000 00000000  ${user}        0 4711 1`;

test.each([
  ['another user', row('9C41', '1F90', 4_242), true],
  ['this user', row('9C41', '1F90', process.getuid?.() ?? 0), false],
  ['another user on another port', row('9C42', '1F90', 4_242), false],
  ['nobody', '', false],
])('a connection that is listed for %s is recognized', (_what, line, expected) => {
  const ports = { localPort: 0x1f90, remotePort: 0x9c41 };
  expect(isOfOtherUser(ports, () => `${header}\n${row('1F90', '9C41', 0)}\n${line}\n`)).toBe(expected);
});
