import { readFileSync } from 'node:fs';

/** The ports of a connection, seen from this process. */
export interface ConnectionPorts {
  readonly localPort?: number | undefined;
  readonly remotePort?: number | undefined;
}

/**
 * Reports whether the other end of a connection of this machine belongs to another user. Only Linux lists the users
 * of connections; on other systems, and for a connection that has already ended, the result is false.
 * https://docs.kernel.org/networking/proc_net_tcp.html
 */
export function isOfOtherUser(ports: ConnectionPorts, readTable = readConnections): boolean {
  const user = userOf(readTable(), ports);
  return user !== undefined && user !== process.getuid?.();
}

/** In a row, the fields 1 and 2 are the addresses of the two ends, and field 7 is the user. */
function userOf(table: string, { localPort = 0, remotePort = 0 }: ConnectionPorts): number | undefined {
  const own = hexadecimal(remotePort);
  const other = hexadecimal(localPort);
  const row = table
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .find(([, from, to]) => from?.endsWith(`:${own}`) && to?.endsWith(`:${other}`));
  return row?.[7] === undefined ? undefined : Number(row[7]);
}

function hexadecimal(port: number): string {
  return port.toString(16).toUpperCase().padStart(4, '0');
}

/** A program may use an address of IPv6 that stands for one of IPv4. */
function readConnections(): string {
  return ['tcp', 'tcp6'].map(readFile).join('\n');
}

function readFile(name: string): string {
  try {
    return readFileSync(`/proc/net/${name}`, 'utf8');
  } catch {
    return '';
  }
}
