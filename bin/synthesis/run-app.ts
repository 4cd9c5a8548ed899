import { join } from 'node:path';
import { compileCache } from '../compile-cache.ts';
import { runToEnd } from './run-to-end.ts';

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
  const { status, output } = await runToEnd({
    command: process.execPath,
    args: [app],
    directory: root,
    // The CLI of the CDK passes these variables too; starting the CLI itself would take seconds.
    environment: {
      ...process.env,
      CDK_OUTDIR: outputDirectory,
      CDK_CONTEXT_JSON: JSON.stringify(settings),
      CDK_VALIDATION: 'false',
      GOGC: esbuildGarbageCollection,
      NODE_COMPILE_CACHE: compileCache,
    },
  });
  if (status !== 0)
    throw new Error(`The stacks cannot be synthesized: ${app} ended with ${status}:\n${output}`);
}
