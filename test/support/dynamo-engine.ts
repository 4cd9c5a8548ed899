import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { engineBinary } from '../../local/dynamodb/engine-binary.ts';

/** A DynamoDB engine that keeps its tables in memory. */
export interface DynamoEngine {
  readonly endpoint: string;
  stop(): Promise<void>;
}

/** The engine takes the shell's place; a watcher ends it when the pipe from this process closes, however it ends. */
const watched = 'exec 3<&0; (cat <&3 >/dev/null; kill -9 $$) >/dev/null 2>&1 & exec "$@" </dev/null';

/** Starts an engine on a free port of 127.0.0.1; throws when it ends before it listens. */
export async function startDynamoEngine(): Promise<DynamoEngine> {
  const port = String(await freePort());
  const command = [engineBinary(), 'serve', '--host', '127.0.0.1', '--port', port];
  const child = spawn('/bin/sh', ['-c', watched, 'engine', ...command], {
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  await listening(child);
  return {
    endpoint: `http://127.0.0.1:${port}`,
    async stop() {
      const ended = once(child, 'exit');
      child.stdin.end();
      await ended;
    },
  };
}

async function listening(child: ChildProcess & { readonly stderr: NodeJS.ReadableStream }): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) =>
      reject(new Error(`The DynamoDB engine ended with ${signal ?? code}`)),
    );
    createInterface({ input: child.stderr }).on('line', (line) => {
      if (line.includes('listening')) resolve();
    });
  });
}

/** The engine does not tell the port it took when asked for any. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('No free port was found');
  return address.port;
}
