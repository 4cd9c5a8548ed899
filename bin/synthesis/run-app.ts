import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { compileCache } from '../compile-cache.ts';

const root = join(import.meta.dirname, '..', '..');

/**
 * esbuild is a Go program: with this heap growth between two collections, the bundles take a quarter less time than with the default of
 * 100, and esbuild up to 640 MB of memory instead of 320. Higher values save no further time.
 * @see https://pkg.go.dev/runtime#hdr-Environment_Variables
 */
const esbuildGarbageCollection = '300';

/** Context settings of the CDK app, as `cdk synth -c name=value` passes them. */
export type ContextSettings = Readonly<Record<string, string>>;

/**
 * Runs the CDK app, which writes its cloud assembly to a directory, without the checks of its templates: those
 * are for a deployment, and `npm run verify:synth` makes them. Throws an error with the output of the app if
 * it fails.
 */
export async function runApp(outputDirectory: string, settings: ContextSettings): Promise<void> {
  const app = join(root, 'infra', 'app.ts');
  const child = spawn(process.execPath, [app], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    // The CLI of the CDK passes these variables too; starting the CLI itself would take seconds.
    env: {
      ...process.env,
      CDK_OUTDIR: outputDirectory,
      CDK_CONTEXT_JSON: JSON.stringify(settings),
      CDK_VALIDATION: 'false',
      GOGC: esbuildGarbageCollection,
      NODE_COMPILE_CACHE: compileCache,
    },
  });
  const end = () => child.kill();
  process.once('exit', end);
  const exitStatus = new Promise<number | NodeJS.Signals | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status, signal) => resolve(status ?? signal));
  });
  try {
    const [status, ...output] = await Promise.all([exitStatus, text(child.stdout), text(child.stderr)]);
    if (status !== 0)
      throw new Error(`The stacks cannot be synthesized: ${app} ended with ${status}:\n${output.join('')}`);
  } finally {
    process.off('exit', end);
  }
}
