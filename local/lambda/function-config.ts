import { describe, numberOf, objectOf, requiredText, textOf, textsOf } from '../assembly/properties.ts';
import type { CloudModel, Resource } from '../cloud.ts';

/** The properties of an `AWS::Lambda::Function` that the local runtime uses. */
export interface FunctionConfig {
  readonly name: string;
  readonly arn: string;
  readonly roleArn: string;
  readonly runtime: string;
  /** File and export, such as `index.handler`. */
  readonly handler: string;
  /** Absolute path of the directory with the unpacked code. */
  readonly directory: string;
  readonly timeoutSeconds: number;
  readonly memoryMegabytes: number;
  readonly environment: Readonly<Record<string, string>>;
  /** Log group, if the template names one; by default `/aws/lambda/<name>`. */
  readonly logGroupName?: string;
  /** Reserved concurrency; if undefined, the function shares the unreserved concurrency of the account. */
  readonly reservedConcurrency?: number;
}

/**
 * Reads all functions of a model by name. Throws an error that names the resource for a runtime other than
 * Node.js and for code that is not an asset. Defaults are Lambda's own: 3 s and 128 MB.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-function.html
 */
export function readFunctions(model: CloudModel): ReadonlyMap<string, FunctionConfig> {
  const configs = model.ofType('AWS::Lambda::Function').map((resource) => readFunction(resource));
  return new Map(configs.map((config) => [config.name, config]));
}

function readFunction(resource: Resource): FunctionConfig {
  const { properties } = resource;
  const reservedConcurrency = numberOf(properties, 'ReservedConcurrentExecutions');
  const logGroupName = textOf(objectOf(properties, 'LoggingConfig'), 'LogGroup');
  return {
    name: resource.ref,
    arn: required(resource, resource.arn, 'ARN'),
    roleArn: requiredText(resource, 'Role'),
    runtime: nodeRuntime(resource),
    handler: requiredText(resource, 'Handler'),
    directory: required(resource, resource.assetDirectory, 'asset directory'),
    timeoutSeconds: numberOf(properties, 'Timeout') ?? 3,
    memoryMegabytes: numberOf(properties, 'MemorySize') ?? 128,
    environment: textsOf(objectOf(properties, 'Environment'), 'Variables'),
    ...(reservedConcurrency === undefined ? {} : { reservedConcurrency }),
    ...(logGroupName === undefined ? {} : { logGroupName }),
  };
}

function nodeRuntime(resource: Resource): string {
  const runtime = requiredText(resource, 'Runtime');
  if (!runtime.startsWith('nodejs')) {
    throw new Error(`${describe(resource)} has runtime ${runtime}; the local runtime supports only Node.js`);
  }
  return runtime;
}

function required(resource: Resource, value: string | undefined, what: string): string {
  if (value === undefined) throw new Error(`${describe(resource)} has no ${what}`);
  return value;
}
