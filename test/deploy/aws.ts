import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

// biome-ignore lint/suspicious/noExplicitAny: responses have many shapes
type AwsResponse = any;

interface Waiting {
  readonly resolve: (response: AwsResponse) => void;
  readonly reject: (error: Error) => void;
}

let client: ChildProcessByStdio<Writable, Readable, null> | undefined;
const waiting = new Map<number, Waiting>();
let calls = 0;

/**
 * Calls an operation of AWS as its operator does, such as `aws('lambda', 'GetPolicy', { FunctionName })`, and returns the
 * response. Rejects with the error of AWS.
 */
export function aws(service: string, operation: string, parameters: object = {}): Promise<AwsResponse> {
  client ??= startClient();
  calls += 1;
  client.stdin.write(`${JSON.stringify([calls, service, operation, parameters])}\n`);
  return new Promise((resolve, reject) => waiting.set(calls, { resolve, reject }));
}

/** One client for a process: starting it takes longer than most calls. It ends with this process, whose pipe it reads. */
function startClient(): ChildProcessByStdio<Writable, Readable, null> {
  const child = spawn('python', [join(import.meta.dirname, 'aws-client.py')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  createInterface(child.stdout).on('line', (line) => {
    const [id, response, message]: [number, AwsResponse, string?] = JSON.parse(line);
    if (message === undefined) waiting.get(id)?.resolve(response);
    else waiting.get(id)?.reject(new Error(message));
    waiting.delete(id);
  });
  child.unref();
  return child;
}
