import { App } from 'aws-cdk-lib';
import cdkSettings from '../../../cdk.json' with { type: 'json' };
import { ErrandBatchStack } from '../../../infra/errand-batch-stack.ts';
import { ErrandStack } from '../../../infra/errand-stack.ts';
import { ExamplesStack } from '../../../infra/examples-stack.ts';
import { temporaryCode } from './synthesized-app.ts';

export const stackNames = ['Errand', 'ErrandBatch', 'ErrandExamples'] as const;

/** Regions of AWS China and of AWS GovCloud (US), which have no function URLs. */
const withoutFunctionUrls = /^(?:cn|us-gov)-/;

/**
 * Synthesizes all stacks, bound to a region, with placeholders for the functions' code. Returns the directory of the templates;
 * `remove` deletes it.
 */
export async function synthesizeIn(region: string) {
  const { code, images, outputDirectory, remove } = await temporaryCode();
  try {
    const app = new App({ outdir: outputDirectory, context: cdkSettings.context });
    const env = { region, account: '111122223333' };
    new ErrandStack(app, 'Errand', { code, env, workerFunctionUrl: !withoutFunctionUrls.test(region) });
    new ErrandBatchStack(app, 'ErrandBatch', { env });
    new ExamplesStack(app, 'ErrandExamples', { code, images, env });
    app.synth();
    return { directory: outputDirectory, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}
