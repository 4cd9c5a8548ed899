import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Architecture } from 'aws-cdk-lib/aws-lambda';
import { Annotations, Stack } from 'aws-cdk-lib/core';
import { DISABLE_ASSET_STAGING_CONTEXT } from 'aws-cdk-lib/cx-api';
import type { Construct } from 'constructs';
import type { BuildTarget } from '../build/model/build-input.ts';
import type { LambdaSource, ServiceManifest } from '../manifest/service-manifest.ts';
import { buildInChildProcess } from './build-in-child-process.ts';
import { SynthesisError } from './synthesis-error.ts';

interface FunctionSource {
  /** Path of the manifest, for errors. */
  readonly file: string;
  readonly folder: string;
  readonly manifest: ServiceManifest;
  readonly source: LambdaSource;
  readonly architecture: Architecture;
}

/** Context of an app that the local runtime synthesizes: bin/apps/synthesize-app.ts sets it to `local`. */
const buildTargetContext = 'errand:build-target';

/** Built code of a function; `handler` and `runtime` as in CloudFormation. */
interface FunctionCode {
  readonly directory: string;
  readonly handler: string;
  readonly runtime: string;
}

/**
 * Builds the code of a function for its architecture, and calls `use` with it, which copies it into the assembly.
 * Commands that need no code, such as `cdk destroy`, get an empty function without a build. Throws `SynthesisError` if
 * the source cannot be built.
 */
export function withFunctionCode<Result>(
  scope: Construct,
  source: FunctionSource,
  use: (code: FunctionCode) => Result,
): Result {
  const directory = mkdtempSync(join(tmpdir(), 'errand-build-'));
  try {
    return use(
      Stack.of(scope).bundlingRequired ? build(scope, source, directory) : notBuilt(source, directory),
    );
  } finally {
    // Without staging, the assembly refers to the directory itself.
    if (!scope.node.tryGetContext(DISABLE_ASSET_STAGING_CONTEXT))
      rmSync(directory, { recursive: true, force: true });
  }
}

function build(scope: Construct, source: FunctionSource, directory: string): FunctionCode {
  const outcome = buildInChildProcess({
    manifest: source.manifest,
    folder: source.folder,
    target: targetOf(scope, source.architecture),
    outputDirectory: join(directory, 'code'),
  });
  if ('refused' in outcome) throw new SynthesisError(`${source.file}: ${outcome.refused}`);
  for (const notice of outcome.built.notices) Annotations.of(scope).addInfo(notice);
  return outcome.built;
}

/** For an app that the local runtime synthesizes, native packages are those of this machine. */
function targetOf(scope: Construct, { name }: Architecture): BuildTarget {
  if (scope.node.tryGetContext(buildTargetContext) === 'local') return { kind: 'local' };
  return { kind: 'lambda', architecture: name as 'arm64' | 'x86_64' }; // the names of both
}

function notBuilt({ source }: FunctionSource, directory: string): FunctionCode {
  writeFileSync(join(directory, 'not-built.txt'), 'This command of the CDK needs no code.\n');
  return { directory, handler: 'index.handler', runtime: source.runtime };
}
