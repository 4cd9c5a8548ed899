import type { AssembledStack } from './cloud-assembly.ts';

/**
 * Sections of a template that the runtime reads, and those without an effect on one machine. CDK uses `Rules` to
 * require a bootstrapped account.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-anatomy.html
 */
const knownSections = [
  ...['Conditions', 'Mappings', 'Outputs', 'Parameters', 'Resources'],
  ...['AWSTemplateFormatVersion', 'Description', 'Metadata', 'Rules'],
];

/** Returns the errors of a stack as a whole: its account and region, lookups, and sections that need a macro. */
export function templateFaults(
  stack: AssembledStack,
  runtime: { readonly accountId: string; readonly region: string },
): readonly string[] {
  const sections = Object.keys(stack.template).filter((name) => !knownSections.includes(name));
  return [
    ...environmentFaults(stack, runtime),
    ...sections.map((name) => `stack ${stack.name}: the section ${name} is not supported`),
  ];
}

function environmentFaults(
  stack: AssembledStack,
  runtime: { readonly accountId: string; readonly region: string },
): readonly string[] {
  const expected = `${stack.accountId ?? runtime.accountId} ${stack.region ?? runtime.region}`;
  const actual = `${runtime.accountId} ${runtime.region}`;
  if (expected === actual) return [];
  return [
    `stack ${stack.name} is bound to account and region ${expected}, but the runtime was started with ${actual}: ` +
      'synthesize it without `env`, or with `env` from CDK_DEFAULT_ACCOUNT and CDK_DEFAULT_REGION set to these values',
  ];
}
