import { existsSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import type { ApiAccess } from '../../bin/api-access.ts';
import type { ControlClient } from '../../bin/control/control-client.ts';
import { buildFunction } from '../../build/build-function.ts';
import { BuildError } from '../../build/model/build-error.ts';
import { asError } from '../../core/std/as-error.ts';
import { omitUndefined } from '../../core/std/omit-undefined.ts';
import { readManifest } from '../../manifest/read-manifest.ts';
import { definitionOf, functionNameOf, jobDefinitionNameOf } from '../../manifest/resource-names.ts';
import type { BatchSource, LambdaSource, ServiceManifest } from '../../manifest/service-manifest.ts';
import { CliError } from '../cli-error.ts';
import { register } from '../services/register.ts';
import { commandImage } from './command-image.ts';

/** What a service is developed with. */
export interface DevContext {
  readonly control: ControlClient;
  readonly api: ApiAccess;
  readonly dataDirectory: string;
  /** The folder tree of all services, absolute. */
  readonly root: string;
  /** Reserves a name for a manifest. Throws `CliError` if another manifest has this name. */
  claim(name: string, manifestFile: string): void;
}

/** The state of a service after its code or manifest was read again. */
export interface Loaded {
  readonly manifest: ServiceManifest;
  /** Name of the function or of the job definition that runs the code. */
  readonly resource: string;
  /** Absolute files whose change requires another build; undefined if any file of the folder does. */
  readonly inputs: readonly string[] | undefined;
  /** Lines for the user, such as packages that were installed, and warnings of the registration. */
  readonly notices: readonly string[];
  readonly durationMs: number;
}

/** A service that could not be loaded; its earlier code, if any, continues to run. */
export interface NotLoaded {
  /** What is wrong, with file and line if they are known. */
  readonly error: string;
}

/** A service of a folder that is watched. */
export interface DevService {
  readonly manifestFile: string;
  readonly folder: string;
  /** Builds the code, makes it live and registers the version. Never throws. */
  load(): Promise<Loaded | NotLoaded>;
}

/** Attempts read the code of their build until they end, at most 15 minutes later on Lambda. */
const keptMs = 20 * 60_000;

export function devService(manifestFile: string, context: DevContext): DevService {
  const folder = dirname(manifestFile);
  let registered = '';
  /** Makes the code live before the version is registered, so that a job of the new version never meets the old code. */
  const load = async (): Promise<Loaded> => {
    const startedAt = performance.now();
    const manifest = readManifest(manifestFile);
    context.claim(manifest.name, manifestFile);
    const outputDirectory = join(context.dataDirectory, 'dev', manifest.name, String(Date.now()));
    const live =
      manifest.source.kind === 'lambda'
        ? await putFunction(context, { manifest, source: manifest.source, folder, outputDirectory })
        : await putContainer(context, { manifest, source: manifest.source, folder, outputDirectory });
    removeOldBuilds(dirname(outputDirectory));
    const notices = [...live.notices, ...(await registerChanged(manifest))];
    return { manifest, ...live, notices, durationMs: performance.now() - startedAt };
  };
  /** Registers a version that differs from the last one. The code is live by then, so a refusal is a notice. */
  const registerChanged = async (manifest: ServiceManifest): Promise<readonly string[]> => {
    const { name, version } = manifest;
    const definition = definitionOf(manifest);
    const key = JSON.stringify([name, version, definition]);
    if (key === registered) return [];
    try {
      const { warnings = [] } = await register(context.api, { name, version, definition });
      registered = key;
      return warnings.map(({ detail }) => detail);
    } catch (error) {
      if (!(error instanceof CliError)) throw error;
      return [
        `${error.message}. Jobs of ${name} ${version} run the new code with the definition that is registered. A version such as ${version}-dev can be changed at any time.`,
      ];
    }
  };
  return {
    manifestFile,
    folder,
    load: () => load().catch((error: unknown) => ({ error: describe(error, folder, context.root) })),
  };
}

/** Names of builds are their times. The newest runs, however old it is. */
function removeOldBuilds(folder: string): void {
  const builds = existsSync(folder) ? readdirSync(folder).sort() : [];
  for (const build of builds.slice(0, -1))
    if (Number(build) < Date.now() - keptMs) rmSync(join(folder, build), { recursive: true, force: true });
}

/** The message with paths that are relative to the root, because several services may have files of the same name. */
function describe(error: unknown, folder: string, root: string): string {
  const { message } = asError(error);
  const prefix = relative(root, folder);
  if (prefix !== '' && error instanceof BuildError)
    return `${prefix}${error.file === undefined ? ': ' : sep}${message}`;
  return message.replace(root + sep, '');
}

interface Source<Kind> {
  readonly manifest: ServiceManifest;
  readonly source: Kind;
  readonly folder: string;
  readonly outputDirectory: string;
}

type Live = Pick<Loaded, 'resource' | 'inputs' | 'notices'>;

async function putFunction(
  { control }: DevContext,
  { manifest, source, folder, outputDirectory }: Source<LambdaSource>,
): Promise<Live> {
  const built = await buildFunction({
    manifest,
    folder,
    target: { kind: 'local' },
    outputDirectory,
  });
  const resource = functionNameOf(manifest);
  await control.putFunction(
    resource,
    omitUndefined({
      runtime: built.runtime,
      handler: built.handler,
      directory: built.directory,
      memoryMegabytes: source.memoryMiB,
      timeoutSeconds: source.timeoutSeconds,
      environment: source.environment ?? {},
      reservedConcurrency: source.reservedConcurrency,
    }),
  );
  return { resource, inputs: built.inputs, notices: built.notices };
}

async function putContainer(
  { control }: DevContext,
  { manifest, source, folder, outputDirectory }: Source<BatchSource>,
): Promise<Live> {
  const resource = jobDefinitionNameOf(manifest);
  const dockerfile =
    source.dockerfile === undefined
      ? commandImage(source.command ?? [], outputDirectory)
      : join(folder, source.dockerfile);
  await control.putJobDefinition(resource, {
    directory: folder,
    dockerfile,
    environment: {},
    vcpus: source.vcpus,
    memoryMegabytes: source.memoryMiB,
  });
  return { resource, inputs: undefined, notices: [] };
}
