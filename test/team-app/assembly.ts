import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

interface TemplateResource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
}

/** A function of a stack: its properties, and the files of its code. */
export interface DeployedFunction {
  readonly name: string;
  readonly runtime: string;
  readonly handler: string;
  readonly architectures: readonly string[];
  /** Relative to the code, with `/`. */
  readonly files: readonly string[];
}

/** Reads the resources of a stack from its cloud assembly, of one type. */
export function resourcesOf(
  assembly: string,
  stack: string,
  type: string,
): readonly TemplateResource['Properties'][] {
  const { Resources } = readJson<{ Resources: Readonly<Record<string, TemplateResource>> }>(
    join(assembly, `${stack}.template.json`),
  );
  return Object.values(Resources)
    .filter(({ Type }) => Type === type)
    .map(({ Properties }) => Properties);
}

/** Reads the functions of a stack with the files of their assets, sorted by name. */
export function functionsOf(assembly: string, stack: string): readonly DeployedFunction[] {
  const { files } = readJson<{ files: Readonly<Record<string, { source: { path: string } }>> }>(
    join(assembly, `${stack}.assets.json`),
  );
  return resourcesOf(assembly, stack, 'AWS::Lambda::Function')
    .map((properties) => {
      const { S3Key: key } = properties['Code'] as { S3Key: string }; // every function of a service is an asset
      const path = files[key.replace(/\.zip$/, '')]?.source.path ?? '';
      return {
        name: String(properties['FunctionName']),
        runtime: String(properties['Runtime']),
        handler: String(properties['Handler']),
        architectures: properties['Architectures'] as readonly string[],
        files: filesBelow(join(assembly, path)),
      };
    })
    .sort((one, other) => one.name.localeCompare(other.name));
}

function filesBelow(directory: string): readonly string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' });
}

function readJson<Value>(file: string): Value {
  return JSON.parse(readFileSync(file, 'utf8')) as Value; // written by the CDK
}
