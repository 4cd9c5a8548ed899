import { App, Validations } from 'aws-cdk-lib';
import { ASSET_RESOURCE_METADATA_ENABLED_CONTEXT, PATH_METADATA_ENABLE_CONTEXT } from 'aws-cdk-lib/cx-api';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import cdkSettings from '../cdk.json' with { type: 'json' };
import { ErrandStack } from './errand-stack.ts';
import { ExamplesStack } from './examples-stack.ts';
import type { FunctionCode } from './function-entries.ts';

export interface AppOptions {
  readonly code: FunctionCode;
  /** Where the cloud assembly is written. */
  readonly outputDirectory: string;
}

/** The CLI passes these three settings of cdk.json on; without the CLI they are set here. */
const templateContext = {
  ...cdkSettings.context,
  [PATH_METADATA_ENABLE_CONTEXT]: cdkSettings.pathMetadata,
  [ASSET_RESOURCE_METADATA_ENABLED_CONTEXT]: cdkSettings.assetMetadata,
};

/**
 * The app with both stacks, bound to no account or region. `synth()` fails on every finding of cdk-nag that is not
 * acknowledged. Settings come from cdk.json also without the CDK's CLI, so that both give the same templates.
 */
export function buildApp({ code, outputDirectory }: AppOptions): App {
  const app = new App({ outdir: outputDirectory, context: templateContext, analyticsReporting: false });
  const alarmTopicArn: unknown = app.node.tryGetContext('alarmTopicArn');
  new ErrandStack(app, 'Errand', {
    code,
    analyticsReporting: false,
    ...(typeof alarmTopicArn === 'string' ? { alarmTopicArn } : {}),
  });
  new ExamplesStack(app, 'ErrandExamples', { code, analyticsReporting: false });
  Validations.of(app).addPlugins(
    new AwsSolutionsChecks(app, { verbose: true }),
    new ServerlessChecks(app, { verbose: true }),
  );
  return app;
}
