import type { CloudModel, Resource } from '../cloud.ts';
import { messageOf } from '../error-message.ts';
import { isRecord, recordOf } from '../json.ts';
import { type ApiAddress, localApiAddress } from './api-address.ts';
import { type AssembledStack, readCloudAssembly } from './cloud-assembly.ts';
import { localFunctionUrls } from './function-url-address.ts';
import { resolveText, resolveValue } from './intrinsics.ts';
import { loadResource } from './load-resource.ts';
import { type StackScope, stackScope } from './stack-scope.ts';

/** The account and address that the assembly runs with. */
export interface AssemblyOptions {
  readonly accountId: string;
  readonly region: string;
  /**
   * Local base URL that replaces the address of the REST API and of the function URLs, such as
   * `http://127.0.0.1:4510`.
   */
  readonly apiBaseUrl?: string;
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
 * logical id, type and property of everything that is not supported, so that nothing is skipped silently.
 */
export function loadAssembly(directory: string, options: AssemblyOptions): CloudModel {
  const stacks = readCloudAssembly(directory);
  const faults: string[] = [];
  const scopes = openScopes(stacks, options);
  const resources = stacks.flatMap((stack, index) => {
    faults.push(...environmentFaults(stack, options));
    const scope = scopes[index];
    return scope === undefined ? [] : loadResources(stack, scope, faults);
  });
  const outputs = stacks.flatMap((stack, index) => {
    const scope = scopes[index];
    return scope === undefined ? [] : loadOutputs(stack, scope, faults);
  });
  faults.push(...sharedArns(resources));
  if (faults.length > 0) throw new AssemblyError(faults);
  return cloudModel({ ...options, resources, outputs });
}

interface Loaded extends AssemblyOptions {
  readonly resources: readonly Resource[];
  readonly outputs: CloudModel['outputs'];
}

function cloudModel(loaded: Loaded): CloudModel {
  const local = (value: unknown) => localAddresses(value, loaded);
  const resources = loaded.resources.map((resource) => ({
    ...resource,
    properties: recordOf(local(resource.properties), resource.logicalId),
  }));
  const byArn = new Map(
    resources.flatMap((resource) => (resource.arn ? [[resource.arn, resource] as const] : [])),
  );
  return {
    accountId: loaded.accountId,
    region: loaded.region,
    resources,
    outputs: loaded.outputs.map((output) => ({ ...output, value: String(local(output.value)) })),
    ofType: (type) => resources.filter((resource) => resource.type === type),
    byArn(arn) {
      const found = byArn.get(arn);
      if (found === undefined) throw new Error(`no resource of the app has the ARN ${arn}`);
      return found;
    },
  };
}

function localAddresses(value: unknown, loaded: Loaded): unknown {
  const { apiBaseUrl: baseUrl, region } = loaded;
  if (baseUrl === undefined) return value;
  const withApis = apiAddresses(loaded).reduce(
    (current, address) => localApiAddress(current, address),
    value,
  );
  return localFunctionUrls(withApis, { region, baseUrl });
}

function apiAddresses(loaded: Loaded): readonly ApiAddress[] {
  const { apiBaseUrl, region } = loaded;
  if (apiBaseUrl === undefined) return [];
  const ofType = (type: string) => loaded.resources.filter((resource) => resource.type === type);
  return ofType('AWS::ApiGateway::RestApi').map(({ ref: apiId }) => {
    const stages = ofType('AWS::ApiGateway::Stage').filter(
      (stage) => stage.properties['RestApiId'] === apiId,
    );
    return { apiId, region, apiBaseUrl, stageNames: stages.map((stage) => stage.ref) };
  });
}

function openScopes(stacks: readonly AssembledStack[], options: AssemblyOptions): readonly StackScope[] {
  const imported = (name: string): unknown => {
    for (const [index, stack] of stacks.entries()) {
      const scope = scopes[index];
      for (const output of Object.values(recordOf(stack.template['Outputs'], 'Outputs'))) {
        const exported =
          isRecord(output) && isRecord(output['Export']) ? output['Export']['Name'] : undefined;
        if (scope === undefined || exported === undefined) continue;
        if (resolveText(exported, scope) === name)
          return resolveValue(recordOf(output, name)['Value'], scope);
      }
    }
    throw new Error(`no stack exports ${name}`);
  };
  const scopes = stacks.map((stack) => stackScope(stack, { ...options, imported }));
  return scopes;
}

function environmentFaults(stack: AssembledStack, options: AssemblyOptions): readonly string[] {
  const expected = [stack.accountId ?? options.accountId, stack.region ?? options.region].join(' ');
  const actual = [options.accountId, options.region].join(' ');
  if (expected === actual) return [];
  return [
    `stack ${stack.name} is bound to account and region ${expected}, but the runtime was started with ${actual}`,
  ];
}

function loadResources(stack: AssembledStack, scope: StackScope, faults: string[]): readonly Resource[] {
  const definitions = recordOf(stack.template['Resources'], `Resources of ${stack.name}`);
  return Object.entries(definitions).flatMap(([logicalId, value]) => {
    const definition = recordOf(value, logicalId);
    const where = `${stack.name}/${logicalId} (${String(definition['Type'])})`;
    try {
      const condition = definition['Condition'];
      if (condition !== undefined && !scope.condition(String(condition))) return [];
      const loaded = loadResource({ stack, scope, logicalId, definition });
      faults.push(...loaded.unknown.map((path) => `${where}: property ${path} is not supported`));
      return [loaded.resource];
    } catch (error) {
      faults.push(`${where}: ${messageOf(error)}`);
      return [];
    }
  });
}

function loadOutputs(stack: AssembledStack, scope: StackScope, faults: string[]): CloudModel['outputs'] {
  const outputs = recordOf(stack.template['Outputs'], `Outputs of ${stack.name}`);
  return Object.entries(outputs).flatMap(([name, output]) => {
    try {
      return [{ stack: stack.name, name, value: resolveText(recordOf(output, name)['Value'], scope) }];
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
