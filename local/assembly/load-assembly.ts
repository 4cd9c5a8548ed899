import type { CloudModel, Resource, StackOutput } from '../cloud.ts';
import { messageOf } from '../error-message.ts';
import { isRecord, recordOf, textOf } from '../json.ts';
import { type AssembledStack, readCloudAssembly } from './cloud-assembly.ts';
import { cloudModel } from './cloud-model.ts';
import { resolveText } from './intrinsics.ts';
import { loadResource } from './load-resource.ts';
import { openScopes, type ScopedStack } from './open-scopes.ts';
import { labelOf } from './resource-label.ts';
import type { StackScope } from './stack-scope.ts';
import { templateFaults } from './template-faults.ts';

/** The account and address that the assembly runs with. */
export interface AssemblyOptions {
  readonly accountId: string;
  readonly region: string;
  /**
   * Local base URL that replaces the address of the REST API and of the function URLs, such as
   * `http://127.0.0.1:4510`.
   */
  readonly apiBaseUrl?: string;
  /** Outputs of other apps in the same account, which the app may import. */
  readonly otherOutputs?: readonly StackOutput[];
  /** Folder for code that templates contain; without it, such functions are refused. */
  readonly inlineCodeDirectory?: string;
}

/** Thrown for an app that the runtime does not support. The message lists each error on its own line. */
export class AssemblyError extends Error {
  override readonly name = 'AssemblyError';
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(`The local runtime cannot run this app:\n${faults.map((fault) => `- ${fault}`).join('\n')}`);
    this.faults = faults;
  }
}

/**
 * Reads a synthesized app (`cdk.out`) and resolves it. Throws one `AssemblyError` that lists the stack,
 * logical id, type, construct path and property of everything that is not supported, so that nothing is skipped
 * silently.
 */
export function loadAssembly(directory: string, options: AssemblyOptions): CloudModel {
  const stacks = readCloudAssembly(directory);
  const faults: string[] = [];
  const scoped = openScopes(stacks, options);
  const resources = scoped.flatMap(({ stack, scope }) => {
    faults.push(...templateFaults(stack, options));
    return loadResources({ stack, scope, options }, faults);
  });
  const outputs = scoped.flatMap(({ stack, scope }) => loadOutputs(stack, scope, faults));
  faults.push(...sharedArns(resources));
  if (faults.length > 0) throw new AssemblyError(faults);
  return cloudModel({ ...options, resources, outputs });
}

function loadResources(
  { stack, scope, options }: ScopedStack & { readonly options: AssemblyOptions },
  faults: string[],
): readonly Resource[] {
  const { inlineCodeDirectory } = options;
  const inline = inlineCodeDirectory === undefined ? {} : { inlineCodeDirectory };
  const definitions = recordOf(stack.template['Resources'], `Resources of ${stack.name}`);
  return Object.entries(definitions).flatMap(([logicalId, value]) => {
    const definition = recordOf(value, logicalId);
    const metadata = definition['Metadata'];
    const path = textOf(isRecord(metadata) ? metadata['aws:cdk:path'] : undefined);
    const construct = path === undefined ? {} : { constructPath: path };
    const type = String(definition['Type']);
    const where = labelOf({ stack: stack.name, logicalId, type, ...construct });
    try {
      const condition = definition['Condition'];
      if (condition !== undefined && !scope.condition(String(condition))) return [];
      const loaded = loadResource({ stack, scope, logicalId, definition, ...construct, ...inline });
      faults.push(...loaded.unknown.map((path) => `${where}: property ${path} is not supported`));
      return [loaded.resource];
    } catch (error) {
      faults.push(`${where}: ${messageOf(error)}`);
      return [];
    }
  });
}

function loadOutputs(stack: AssembledStack, scope: StackScope, faults: string[]): readonly StackOutput[] {
  const outputs = recordOf(stack.template['Outputs'], `Outputs of ${stack.name}`);
  return Object.entries(outputs).flatMap(([name, value]) => {
    try {
      const output = recordOf(value, name);
      const condition = output['Condition'];
      if (condition !== undefined && !scope.condition(String(condition))) return [];
      const exported = recordOf(output['Export'], name)['Name'];
      return [
        {
          stack: stack.name,
          name,
          value: resolveText(output['Value'], scope),
          ...(exported === undefined ? {} : { exportName: resolveText(exported, scope) }),
        },
      ];
    } catch (error) {
      faults.push(`${stack.name}/${name} (output): ${messageOf(error)}`);
      return [];
    }
  });
}

function sharedArns(resources: readonly Resource[]): readonly string[] {
  const owners = Map.groupBy(
    resources.filter((resource) => resource.arn !== undefined),
    (resource) => resource.arn,
  );
  return [...owners].flatMap(([arn, same]) =>
    same.length < 2
      ? []
      : [
          `${same.map((resource) => `${resource.stack}/${resource.logicalId}`).join(' and ')} have the same ARN ${arn}`,
        ],
  );
}
