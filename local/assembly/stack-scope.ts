import { isRecord, recordOf, textOf } from '../json.ts';
import type { AssembledStack } from './cloud-assembly.ts';
import { resolveCondition, resolveValue } from './intrinsics.ts';
import { generatedUuid } from './physical-names.ts';
import type { ResourceIdentity } from './resource-type.ts';
import { resourceTypes } from './resource-types.ts';
import { noValue, type TemplateScope } from './template-scope.ts';

/** The account that templates are resolved for. */
export interface Deployment {
  readonly accountId: string;
  readonly region: string;
  /** Returns the value that a stack of the assembly exports under a name. Throws for an unknown name. */
  imported(name: string): unknown;
  /** Returns the value of a stack's output. Throws for an unknown stack or output. */
  stackOutput(stackName: string, outputName: string): unknown;
}

/** A stack with resolvable intrinsics. */
export interface StackScope extends TemplateScope {
  /** Returns the identity of a resource. Throws for an unknown logical id or type. */
  identity(logicalId: string): ResourceIdentity;
}

/** Creates the scope of one stack. Identities are computed on first use and then cached. */
export function stackScope(stack: AssembledStack, deployment: Deployment): StackScope {
  const section = (name: string) => recordOf(stack.template[name], `${name} of ${stack.name}`);
  const resources = section('Resources');
  const parameters = section('Parameters');
  const conditions = section('Conditions');
  const identities = once((logicalId) => makeIdentity(logicalId));

  const scope: StackScope = {
    stack: stack.name,
    mappings: section('Mappings'),
    imported: deployment.imported,
    stackOutput: deployment.stackOutput,
    identity: identities,
    ref(name) {
      if (name.startsWith('AWS::')) return pseudoParameter(name, stack.name, deployment);
      if (name in resources) return identities(name).ref;
      if (!(name in parameters)) throw new Error(`Ref ${name} matches no parameter or resource of the stack`);
      const { Type: type, Default: fallback } = recordOf(parameters[name], name);
      if (String(type).startsWith('AWS::SSM::'))
        throw new Error(
          `parameter ${name} is read from the Parameter Store, which the local runtime does not have`,
        );
      if (fallback === undefined) throw new Error(`parameter ${name} has no default`);
      return fallback;
    },
    attribute(logicalId, name) {
      const found = identities(logicalId).attributes[name];
      if (found === undefined) throw new Error(`Fn::GetAtt ${logicalId}.${name} is not supported`);
      return found;
    },
    condition: once((name) => {
      if (!(name in conditions)) throw new Error(`condition ${name} is not in the stack`);
      return resolveCondition(conditions[name], scope);
    }),
  };

  function makeIdentity(logicalId: string): ResourceIdentity {
    const definition = resources[logicalId];
    if (!isRecord(definition)) throw new Error(`resource ${logicalId} is not in the stack`);
    const type = resourceTypes.get(String(definition['Type']));
    if (type === undefined)
      throw new Error(`${logicalId} has the unsupported type ${String(definition['Type'])}`);
    const properties = recordOf(definition['Properties'], logicalId);
    return type.identity({
      stack: stack.name,
      logicalId,
      accountId: deployment.accountId,
      region: deployment.region,
      text: (property) => textOf(resolveValue(properties[property], scope)),
      has: (property) => property in properties,
    });
  }

  return scope;
}

/** Caches results by name and throws if a name refers to itself. */
function once<T>(make: (name: string) => T): (name: string) => T {
  const known = new Map<string, T>();
  const open = new Set<string>();
  return (name) => {
    const found = known.get(name);
    if (found !== undefined) return found;
    if (open.has(name)) throw new Error(`${name} refers to itself`);
    open.add(name);
    try {
      const made = make(name);
      known.set(name, made);
      return made;
    } finally {
      open.delete(name);
    }
  };
}

function pseudoParameter(name: string, stack: string, deployment: Deployment): unknown {
  switch (name) {
    case 'AWS::Region':
      return deployment.region;
    case 'AWS::AccountId':
      return deployment.accountId;
    case 'AWS::Partition':
      return 'aws';
    case 'AWS::URLSuffix':
      return 'amazonaws.com';
    case 'AWS::StackName':
      return stack;
    case 'AWS::StackId': {
      const id = generatedUuid({ stack, logicalId: 'AWS::StackId' });
      return `arn:aws:cloudformation:${deployment.region}:${deployment.accountId}:stack/${stack}/${id}`;
    }
    case 'AWS::NotificationARNs':
      return [];
    case 'AWS::NoValue':
      return noValue;
    default:
      throw new Error(`pseudo parameter ${name} is not supported`);
  }
}
