import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { scopes } from '../../core/contract/routes/route.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../..');

type Outputs = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** Folder of this run: its logs, and the files of the emulator and the CDK. */
export const work = process.env['DEPLOY_WORK'] ?? '';

/** An output of a stack. Throws when the stack has no such output. */
export function output(stack: string, name: string): string {
  // The CDK's `--outputs-file` has this shape.
  const outputs = JSON.parse(readFileSync(join(work, 'outputs.json'), 'utf8')) as Outputs;
  const value = outputs[stack]?.[name];
  if (value === undefined) throw new Error(`The stack ${stack} has no output ${name}`);
  return value;
}

/** URL of the API, without the slash at its end. */
export const apiUrl = () => output('Errand', 'ApiUrl').replace(/\/$/, '');

export interface KeyOwner {
  readonly tenant: string;
  readonly principal?: string;
}

/** Creates a key of a tenant as the guide for operators describes, and returns it. */
export async function createKey({ tenant, principal = tenant }: KeyOwner): Promise<string> {
  const options = ['--table', output('Errand', 'TableName'), '--tenant', tenant, '--principal', principal];
  const script = join(root, 'bin/create-api-key.ts');
  const { stdout } = await run('node', [script, ...options, '--scopes', scopes.join(',')]);
  return stdout.trim();
}
