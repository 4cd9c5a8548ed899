import { App } from 'aws-cdk-lib/core';
import { ASSET_RESOURCE_METADATA_ENABLED_CONTEXT, PATH_METADATA_ENABLE_CONTEXT } from 'aws-cdk-lib/cx-api';
import cdkSettings from '../cdk.json' with { type: 'json' };
import type { ImageCode } from './bundling/container-images.ts';
import type { FunctionCode } from './bundling/function-entries.ts';
import { ErrandBatchStack } from './errand-batch-stack.ts';
import { ErrandStack } from './errand-stack.ts';
import { ExamplesStack } from './examples-stack.ts';
import { stackSettings } from './settings/stack-settings.ts';

export interface AppOptions {
  readonly code: FunctionCode;
  readonly images: ImageCode;
  /** The directory for the cloud assembly. */
  readonly outputDirectory: string;
}

/** The CLI passes on these three settings of cdk.json; without the CLI they are set here. */
const templateContext = {
  ...cdkSettings.context,
  [PATH_METADATA_ENABLE_CONTEXT]: cdkSettings.pathMetadata,
  [ASSET_RESOURCE_METADATA_ENABLED_CONTEXT]: cdkSettings.assetMetadata,
};

/**
 * Creates the app with its stacks, which are not bound to an account or region. Settings are read from cdk.json
 * with and without the CDK CLI, so that the templates are equal.
 */
export function buildApp({ code, images, outputDirectory }: AppOptions): App {
  const app = new App({ outdir: outputDirectory, context: templateContext, analyticsReporting: false });
  new ErrandStack(app, 'Errand', {
    code,
    analyticsReporting: false,
    ...textOf(app, 'alarmTopicArn'),
    ...textOf(app, 'tableStreamArn'),
    ...stackSettings(app.node),
    ...switchOf(app, 'allowSharedOverrides'),
    ...switchOf(app, 'workerFunctionUrl'),
  });
  new ErrandBatchStack(app, 'ErrandBatch', { analyticsReporting: false });
  new ExamplesStack(app, 'ErrandExamples', { code, images, analyticsReporting: false });
  return app;
}

function textOf<Name extends 'alarmTopicArn' | 'tableStreamArn'>(
  app: App,
  name: Name,
): { readonly [Key in Name]?: string } {
  const value: unknown = app.node.tryGetContext(name);
  return (typeof value === 'string' ? { [name]: value } : {}) as { readonly [Key in Name]?: string }; // a computed key widens
}

/**
 * Reads a switch: text from the command line, or a boolean from cdk.json. If it is absent, the stack's
 * default applies.
 */
function switchOf<Name extends 'allowSharedOverrides' | 'workerFunctionUrl'>(
  app: App,
  name: Name,
): { readonly [Key in Name]?: boolean } {
  const value: unknown = app.node.tryGetContext(name);
  if (value === undefined) return {};
  if (!/^(?:true|false)$/.test(String(value)))
    throw new Error(`-c ${name}=${String(value)} is not valid: it must be true or false`);
  return { [name]: String(value) === 'true' } as { readonly [Key in Name]?: boolean }; // a computed key widens
}
