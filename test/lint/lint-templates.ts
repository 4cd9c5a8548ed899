/*
`npm run verify:templates`: the findings of cfn-lint in the templates of all stacks: bound to no region, and bound to a region of
each other partition. Needs python3 (3.11 or later) with pip. Exits with 1 on a finding that is not listed here.
*/
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { synthesize } from '../../bin/synthesize.ts';
import { stackNames, synthesizeIn } from '../infra/support/synthesize-in.ts';
import { pythonEnvironment } from '../support/processes/python-environment.ts';

/** Rules of https://github.com/aws-cloudformation/cfn-lint/blob/main/docs/rules.md that are not followed, with the reason. */
const ignored: Readonly<Record<string, string>> = {
  W3005:
    'The CDK makes a resource with a role depend on its role and on the policy of the role; the first of the two is implied',
};
/** Only where a template is bound to a region. */
const ignoredWhenBound: Readonly<Record<string, string>> = {
  W3010:
    'A bound stack names the zones that the CDK has looked up; here it has placeholders, and an unbound stack names no zones',
};
const regions = ['cn-north-1', 'us-gov-west-1'];

const linter = join(pythonEnvironment(join(import.meta.dirname, 'requirements.txt')), 'cfn-lint');

/** Prints the findings; returns true when no finding exists. */
function isClean(directory: string, region: string, ignoredRules: readonly string[]): boolean {
  const files = stackNames.map((stack) => join(directory, `${stack}.template.json`));
  const options = ['--regions', region, '--ignore-checks', ...ignoredRules, '--', ...files];
  const { status, error } = spawnSync(linter, options, { stdio: 'inherit' });
  if (error !== undefined) throw error;
  console.log(`${files.length} templates for ${region}: ${status === 0 ? 'no findings' : 'findings'}`);
  return status === 0;
}

const verdicts = [isClean(await synthesize(), 'us-east-1', Object.keys(ignored))];
for (const region of regions) {
  const { directory, remove } = await synthesizeIn(region);
  verdicts.push(isClean(directory, region, Object.keys({ ...ignored, ...ignoredWhenBound })));
  await remove();
}
for (const [rule, reason] of Object.entries({ ...ignored, ...ignoredWhenBound }))
  console.log(`Ignored ${rule}: ${reason}`);
if (verdicts.includes(false)) process.exitCode = 1;
