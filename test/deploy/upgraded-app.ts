/*
The app as a later version of it might be, for an upgrade: other code in every function, other settings, and another definition of
the state machines. `cdk deploy --app` runs it like infra/app.ts.
*/
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Stack } from 'aws-cdk-lib';
import { CfnFunction } from 'aws-cdk-lib/aws-lambda';
import { CfnStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { buildApp } from '../../infra/build-app.ts';
import { bundleFunctions } from '../../infra/bundling/bundle-functions.ts';
import { gatherImages } from '../../infra/bundling/container-images.ts';
import { addTemplateChecks } from '../../infra/template-checks.ts';

const folder = join(process.env['DEPLOY_WORK'] ?? '', 'upgraded');
const [code, images] = await Promise.all([
  bundleFunctions(join(folder, 'functions')),
  gatherImages(join(folder, 'images')),
]);
for (const directory of Object.values(code)) changeCode(directory);
const app = buildApp({ code, images, outputDirectory: process.env['CDK_OUTDIR'] ?? 'cdk.out' });
for (const resource of app.node.findAll()) {
  if (resource instanceof CfnFunction) changeFunction(resource);
  if (resource instanceof CfnStateMachine) changeDefinition(resource);
}
addTemplateChecks(app);
app.synth();

/** A header of its responses identifies the new code. */
function changeCode(directory: string): void {
  for (const file of globSync('**/*.mjs', { cwd: directory })) {
    const path = join(directory, file);
    const text = readFileSync(path, 'utf8').replaceAll('nosniff', 'nosniff, upgraded');
    writeFileSync(path, `${text}\n// upgraded\n`);
  }
}

function changeFunction(resource: CfnFunction): void {
  resource.addPropertyOverride('Description', 'Upgraded');
  const environment: unknown = Stack.of(resource).resolve(resource.environment);
  if (JSON.stringify(environment ?? {}).includes('LOOK_AFTER_SECONDS'))
    resource.addPropertyOverride('Environment.Variables.LOOK_AFTER_SECONDS', '45');
}

/** An additional blank makes another definition, and changes nothing that runs. */
function changeDefinition(resource: CfnStateMachine): void {
  if (resource.definitionString === undefined) throw new Error(`${resource.node.path} has no definition`);
  resource.definitionString = `${resource.definitionString} `;
}
