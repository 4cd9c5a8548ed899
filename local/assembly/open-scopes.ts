import type { StackOutput } from '../cloud.ts';
import { isRecord, recordOf } from '../json.ts';
import type { AssembledStack } from './cloud-assembly.ts';
import { resolveText, resolveValue } from './intrinsics.ts';
import { type StackScope, stackScope } from './stack-scope.ts';

/** The account of the stacks, and the outputs of other apps in it. */
export interface ScopeOptions {
  readonly accountId: string;
  readonly region: string;
  readonly otherOutputs?: readonly StackOutput[];
}

/** A stack with the scope in which its intrinsics are resolved. */
export interface ScopedStack {
  readonly stack: AssembledStack;
  readonly scope: StackScope;
}

/** Opens the scopes of all stacks of an app, which can refer to outputs of each other and of other apps. */
export function openScopes(stacks: readonly AssembledStack[], options: ScopeOptions): readonly ScopedStack[] {
  const { otherOutputs = [] } = options;
  const imported = (name: string): unknown => {
    for (const { stack, scope } of scoped) {
      for (const output of outputsOf(stack)) {
        const exported = recordOf(output['Export'], 'Export')['Name'];
        if (exported !== undefined && resolveText(exported, scope) === name)
          return resolveValue(output['Value'], scope);
      }
    }
    const other = otherOutputs.find(({ exportName }) => exportName === name);
    if (other === undefined) throw new Error(`no stack exports ${name}`);
    return other.value;
  };
  const stackOutput = (stackName: string, outputName: string): unknown => {
    const own = scoped.find(({ stack }) => stack.name === stackName);
    const output = recordOf(own?.stack.template['Outputs'], 'Outputs')[outputName];
    if (own !== undefined && isRecord(output)) return resolveValue(output['Value'], own.scope);
    const other = otherOutputs.find(({ stack, name }) => stack === stackName && name === outputName);
    if (other === undefined) throw new Error(`no stack ${stackName} has an output ${outputName}`);
    return other.value;
  };
  const scoped = stacks.map((stack) => ({
    stack,
    scope: stackScope(stack, { ...options, imported, stackOutput }),
  }));
  return scoped;
}

function outputsOf(stack: AssembledStack) {
  return Object.values(recordOf(stack.template['Outputs'], 'Outputs')).filter(isRecord);
}
