import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** A TCP socket that accepts connections. */
export interface ListeningSocket {
  readonly host: string;
  readonly port: number;
  /** Command line of the process that owns it, with its arguments separated by NUL. */
  readonly command: string;
}

/** All listening TCP sockets of these processes, now. Linux only, as is the test that needs it. */
export function listeningSockets(pids: readonly number[]): readonly ListeningSocket[] {
  return pids.flatMap((pid) => {
    const own = socketsOf(pid);
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
    return tcpListeners(pid).flatMap(({ inode, ...rest }) => (own.has(inode) ? [{ ...rest, command }] : []));
  });
}

function socketsOf(pid: number): ReadonlySet<string> {
  const folder = `/proc/${pid}/fd`;
  const inodes = readdirSync(folder).flatMap((name) => {
    try {
      return /^socket:\[(\d+)\]$/.exec(readlinkSync(`${folder}/${name}`))?.[1] ?? [];
    } catch {
      return []; // Closed since the folder was read.
    }
  });
  return new Set(inodes);
}

/** Fields: `sl local_address rem_address st ... inode`; 0A is LISTEN, addresses are hexadecimal. */
function tcpListeners(pid: number) {
  return ['tcp', 'tcp6'].flatMap((protocol) =>
    readFileSync(`/proc/${pid}/net/${protocol}`, 'utf8')
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .filter((fields) => fields[3] === '0A')
      .map((fields) => {
        const [address = '', port = ''] = (fields[1] ?? '').split(':');
        return { host: hostOf(address), port: Number.parseInt(port, 16), inode: fields[9] ?? '' };
      }),
  );
}

/** IPv4 is little-endian; IPv6 stays hexadecimal. */
function hostOf(hex: string): string {
  if (hex.length !== 8) return `[${hex}]`;
  return [6, 4, 2, 0].map((index) => Number.parseInt(hex.slice(index, index + 2), 16)).join('.');
}
