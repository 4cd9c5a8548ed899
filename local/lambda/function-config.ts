import { describe, numberOf, objectOf, requiredText, textOf, textsOf } from '../assembly/properties.ts';
import type { CloudModel, Resource } from '../cloud.ts';
import { type ProgramConfig, readProgram } from './process/function-program.ts';

/** The properties of an `AWS::Lambda::Function` that the local runtime uses. */
export interface FunctionConfig extends ProgramConfig {
  readonly name: string;
  readonly arn: string;
  readonly roleArn: string;
  /** Absolute path of the directory with the unpacked code or with the sources of the image. */
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
 * Reads all functions of a model by name. Throws an error that names the resource for a runtime that the local
 * runtime does not support and for code that is not an asset. Defaults are Lambda's own: 3 s and 128 MB.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-function.html
 */
export function readFunctions(model: CloudModel): ReadonlyMap<string, FunctionConfig> {
  const configs = model.ofType('AWS::Lambda::Function').map((resource) => readFunction(resource));
  return new Map(configs.map((config) => [config.name, config]));
}

/** Reads one function; throws as `readFunctions` does. */
export function readFunction(resource: Resource): FunctionConfig {
  const { properties } = resource;
  const reservedConcurrency = numberOf(properties, 'ReservedConcurrentExecutions');
  const logGroupName = textOf(objectOf(properties, 'LoggingConfig'), 'LogGroup');
  return {
    name: resource.ref,
    arn: required(resource, resource.arn, 'ARN'),
    roleArn: requiredText(resource, 'Role'),
    ...readProgram(resource),
    directory: required(resource, resource.assetDirectory, 'asset directory'),
    timeoutSeconds: numberOf(properties, 'Timeout') ?? 3,
    memoryMegabytes: numberOf(properties, 'MemorySize') ?? 128,
    environment: textsOf(objectOf(properties, 'Environment'), 'Variables'),
    ...(reservedConcurrency === undefined ? {} : { reservedConcurrency }),
    ...(logGroupName === undefined ? {} : { logGroupName }),
  };
}

function required(resource: Resource, value: string | undefined, what: string): string {
  if (value === undefined) throw new Error(`${describe(resource)} has no ${what}`);
  return value;
}
