import { existsSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, extname, join, resolve } from 'node:path';
import { localAccount } from '../../local/index.ts';
import type { AppFolder } from './app-names.ts';
import { type CdkSettings, readCdkSettings } from './cdk-settings.ts';
import { linkAwsSdk } from './link-aws-sdk.ts';
import { runCommand, type ShellCommand } from './run-command.ts';

/**
 * Longest context in an environment variable; Linux limits each to 128 KiB. A longer context is passed in a file, as
 * the CLI of the CDK does.
 */
const maxContextLength = 100_000;

/**
 * Returns the cloud assembly of a CDK app. A folder with a `cdk.json` is synthesized into `outputDirectory` as
 * `cdk synth` does, for the account and region of the local runtime and without lookups; the output directory is kept
 * between runs, so that CDK reuses unchanged assets. A folder with the `manifest.json` of an assembly is used as it
 * is. Throws an error that explains what is wrong, with the output of the app if it fails.
 */
export async function synthesizeApp({ folder }: AppFolder, outputDirectory: string): Promise<string> {
  if (!existsSync(folder)) throw new Error(`the folder ${folder} does not exist`);
  if (!existsSync(join(folder, 'cdk.json'))) {
    if (existsSync(join(folder, 'manifest.json'))) return folder;
    throw new Error(
      `${folder} contains neither a cdk.json nor the manifest.json of a synthesized app: name the folder of a CDK app or its cdk.out`,
    );
  }
  const settings = readCdkSettings(folder);
  const given = resolve(folder, settings.app);
  if (statSync(given, { throwIfNoEntry: false })?.isDirectory() === true) return given;
  mkdirSync(outputDirectory, { recursive: true });
  const manifest = join(outputDirectory, 'manifest.json');
  rmSync(manifest, { force: true }); // An app that fails must not leave its last assembly.
  const environment = environmentOf(folder, outputDirectory, settings);
  const shared = { directory: folder, environment, outputFile: join(outputDirectory, 'output.txt') };
  if (settings.build !== undefined) await run({ ...shared, command: settings.build });
  await run({ ...shared, command: commandOf(folder, settings.app) });
  if (!existsSync(manifest))
    throw new Error(
      `${settings.app} wrote no assembly into the folder CDK_OUTDIR (${outputDirectory}): call synth() of the app, and do not set its outdir`,
    );
  linkAwsSdk(folder, outputDirectory);
  return outputDirectory;
}

async function run(command: ShellCommand): Promise<void> {
  const { status, output } = await runCommand(command);
  if (status === 0) return;
  throw new Error(`${command.command} in ${command.directory} ended with ${status}:\n${output.trimEnd()}`);
}

/** A script can stand for its command, as in the CLI of the CDK. */
function commandOf(folder: string, app: string): string {
  const isScript = extname(app) === '.js' && existsSync(resolve(folder, app));
  return isScript ? `"${process.execPath}" "${app}"` : app;
}

/** The variables that the CLI of the CDK passes to an app. https://github.com/aws/aws-cdk-cli (toolkit-lib, prepare-source) */
function environmentOf(folder: string, outputDirectory: string, { context }: CdkSettings): NodeJS.ProcessEnv {
  const all = {
    ...context,
    // Errors of the local runtime name the construct of a resource.
    'aws:cdk:enable-path-metadata': true,
    'aws:cdk:enable-asset-metadata': true,
    'aws:cdk:bundling-stacks': ['**'],
    // The constructs of errand/cdk then build for this machine.
    'errand:build-target': 'local',
  };
  return {
    ...process.env,
    PATH: [join(folder, 'node_modules', '.bin'), process.env['PATH'] ?? ''].join(delimiter),
    CDK_OUTDIR: outputDirectory,
    CDK_DEFAULT_ACCOUNT: localAccount.accountId,
    CDK_DEFAULT_REGION: localAccount.region,
    ...contextVariables(outputDirectory, JSON.stringify(all)),
  };
}

function contextVariables(outputDirectory: string, context: string): NodeJS.ProcessEnv {
  if (context.length <= maxContextLength) return { CDK_CONTEXT_JSON: context };
  const file = join(outputDirectory, 'context.json');
  writeFileSync(file, context);
  return { CDK_CONTEXT_JSON: '{}', CONTEXT_OVERFLOW_LOCATION_ENV: file };
}
