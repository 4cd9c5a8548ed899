import aslValidator from 'asl-validator';
import type { CloudModel, Resource } from '../cloud.ts';
import { isRecord, type JsonRecord, refuseUnknown, textOrJson } from '../json.ts';
import { checkDefinition } from './definition-check.ts';
import { compileDefinition } from './interpreter/compile-definition.ts';
import type { Program } from './interpreter/state.ts';

/** A state machine of the template that is ready to run. */
export interface Machine extends Program {
  readonly arn: string;
  readonly name: string;
  readonly kind: 'STANDARD' | 'EXPRESS';
  readonly roleArn: string;
  /** Time limit of an execution in seconds: the definition's own limit; five minutes for Express. */
  readonly timeoutSeconds?: number;
}

/** https://docs.aws.amazon.com/step-functions/latest/dg/choosing-workflow-type.html */
const expressLimitSeconds = 300;
const knownProperties = [
  'DefinitionString',
  'Definition',
  'DefinitionSubstitutions',
  'RoleArn',
  'StateMachineName',
  'StateMachineType',
  // No effect on executions.
  'LoggingConfiguration',
  'TracingConfiguration',
  'EncryptionConfiguration',
  'Tags',
];

/**
 * Reads, validates and prepares every state machine of the model. Throws an error that names the unsupported
 * part.
 */
export function loadMachines(model: CloudModel): readonly Machine[] {
  return model.ofType('AWS::StepFunctions::StateMachine').map(loadMachine);
}

function loadMachine(resource: Resource): Machine {
  const where = `State machine ${resource.stack}/${resource.logicalId}`;
  refuseUnknown(resource.properties, knownProperties, where);
  const definition = definitionOf(resource, where);
  validate(definition, where);
  checkDefinition(definition, where);
  const kind = kindOf(resource, where);
  const limit = limitOf(definition, kind);
  const arn = resource.arn ?? resource.ref;
  return {
    arn,
    name: arn.split(':').at(-1) ?? arn,
    kind,
    roleArn: String(resource.properties['RoleArn']),
    ...compileDefinition(definition, where),
    ...(limit === undefined ? {} : { timeoutSeconds: limit }),
  };
}

function definitionOf(resource: Resource, where: string): JsonRecord {
  const { DefinitionString, Definition, DefinitionSubstitutions: values } = resource.properties;
  const text = typeof DefinitionString === 'string' ? DefinitionString : JSON.stringify(Definition ?? null);
  const definition: unknown = JSON.parse(substituted(text, isRecord(values) ? values : {}));
  if (!isRecord(definition)) throw new Error(`${where}: must have a DefinitionString or a Definition`);
  return definition;
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-stepfunctions-statemachine.html */
function substituted(text: string, values: JsonRecord): string {
  return Object.entries(values).reduce(
    (done, [key, value]) => done.replaceAll(`\${${key}}`, () => String(value)),
    text,
  );
}

/**
 * Definitions that were found valid. The validator compiles its schemas at each call, and an Express and a
 * Standard machine often differ only in their time limit.
 */
const valid = new Set<string>();

function validate(definition: JsonRecord, where: string): void {
  const { TimeoutSeconds: limit = 1, ...rest } = definition;
  if (typeof limit !== 'number' || !Number.isInteger(limit) || limit < 1) {
    throw new Error(`${where}: TimeoutSeconds ${textOrJson(limit)} must be a positive whole number`);
  }
  const text = JSON.stringify(rest);
  if (valid.has(text)) return;
  const { isValid, errorsText } = aslValidator(definition, { checkArn: true, checkPaths: true });
  if (!isValid) throw new Error(`${where}: ${errorsText('; ')}`);
  valid.add(text);
}

function kindOf(resource: Resource, where: string): 'STANDARD' | 'EXPRESS' {
  const kind = resource.properties['StateMachineType'] ?? 'STANDARD';
  if (kind === 'STANDARD' || kind === 'EXPRESS') return kind;
  throw new Error(`${where}: StateMachineType ${textOrJson(kind)} must be STANDARD or EXPRESS`);
}

function limitOf(definition: JsonRecord, kind: 'STANDARD' | 'EXPRESS'): number | undefined {
  const own = definition['TimeoutSeconds'];
  const limit = own === undefined ? undefined : Number(own);
  return kind === 'EXPRESS' ? Math.min(limit ?? expressLimitSeconds, expressLimitSeconds) : limit;
}
