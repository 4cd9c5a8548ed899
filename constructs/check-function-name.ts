import { CfnFunction, type IFunction } from 'aws-cdk-lib/aws-lambda';
import { Stack } from 'aws-cdk-lib/core';
import { SynthesisError } from './synthesis-error.ts';

/** Throws `SynthesisError` if a function does not have the name under which Errand invokes the service. */
export function checkFunctionName(manifest: string, required: string, given: IFunction): void {
  const name = physicalName(given);
  if (name === required) return;
  const actual =
    name === undefined
      ? 'has no fixed name, and CloudFormation would generate one'
      : `has the name "${name}"`;
  throw new SynthesisError(
    `${manifest}: The function ${given.node.path} ${actual}, but Errand invokes "${required}": set its functionName to "${required}", or source.functionName in the manifest.`,
  );
}

/** The name of a function of this app or of an imported one; undefined if it is known at deployment only. */
function physicalName({ node, functionArn }: IFunction): string | undefined {
  const { defaultChild } = node;
  const stack = Stack.of(node.scope ?? node.root);
  if (defaultChild instanceof CfnFunction) {
    const name: unknown = stack.resolve(defaultChild.functionName);
    return typeof name === 'string' ? name : undefined;
  }
  // The ARN of an imported function contains its name, even where the account and the region are unknown.
  const arn = JSON.stringify(stack.resolve(functionArn));
  return /:function:([\w-]+(?::[\w$-]+)?)["\]}]*$/.exec(arn)?.[1];
}
