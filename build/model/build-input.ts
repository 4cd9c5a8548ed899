import type { LambdaSource, ServiceManifest } from '../../manifest/service-manifest.ts';

/** Where the code will run: on this machine, or on AWS Lambda with this processor. */
export type BuildTarget =
  | { readonly kind: 'local' }
  | { readonly kind: 'lambda'; readonly architecture: 'arm64' | 'x86_64' };

/** What to build. */
export interface BuildInput {
  readonly manifest: ServiceManifest;
  /** The folder of `service.json`. */
  readonly folder: string;
  readonly target: BuildTarget;
  /** A directory of this build only, which is created: attempts may still run the code of an earlier build. */
  readonly outputDirectory: string;
  /** Where installed packages are kept for later builds; by default `~/.cache/errand`. */
  readonly cacheDirectory?: string;
}

/** The same for one language, with absolute paths. */
export interface LanguageBuild extends Required<Omit<BuildInput, 'manifest'>> {
  readonly source: LambdaSource;
}

/** A built function. */
export interface BuiltFunction {
  /** Absolute; the content of the function's asset. */
  readonly directory: string;
  /** As in CloudFormation, such as `index.handler`. */
  readonly handler: string;
  /** As in CloudFormation, such as `nodejs24.x`. */
  readonly runtime: string;
  /** Sentences for the user, such as the packages that are not in the bundle. */
  readonly notices: readonly string[];
  /** Absolute files whose change requires another build. */
  readonly inputs: readonly string[];
}
