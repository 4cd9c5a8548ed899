import type { AssemblyChange } from './assembly-copy.ts';
import type { TestErrand } from './local-errand.ts';

export interface ServiceFunction {
  /** Source of the module that exports `handler`. */
  readonly module: string;
  /** Default 60. */
  readonly timeoutSeconds?: number;
  /** Default 256. */
  readonly memoryMegabytes?: number;
}

/** Adds functions by name beside the example services, as another team would deploy them. */
export function withFunctions(functions: Readonly<Record<string, ServiceFunction>>): AssemblyChange {
  return ({ resources, addCode }) => {
    const own = resources.ErrandExamples;
    const echo = Object.values(own).find(
      ({ Properties }) => Properties?.['FunctionName'] === 'errand-service-echo',
    );
    if (echo === undefined) throw new Error('there is no echo to take the role of');
    for (const [name, { module, timeoutSeconds = 60, memoryMegabytes = 256 }] of Object.entries(functions)) {
      own[name.replaceAll(/[^a-z0-9]/gi, '')] = {
        Type: 'AWS::Lambda::Function',
        Properties: {
          FunctionName: name,
          Code: { S3Bucket: 'code', S3Key: addCode(name, module) },
          Handler: 'index.handler',
          Runtime: 'nodejs24.x',
          Timeout: timeoutSeconds,
          MemorySize: memoryMegabytes,
          Role: echo.Properties['Role'],
        },
      };
    }
  };
}

/** Registers version 1.0.0 of a service on a function that receives the bare parameters. */
export async function registerService(
  errand: TestErrand,
  name: string,
  definition: { readonly functionName: string; readonly result?: object },
): Promise<void> {
  const { functionName, ...rest } = definition;
  const response = await errand.call(`/v1/services/${name}/versions/1.0.0`, {
    method: 'PUT',
    body: {
      parameters: { type: 'object' },
      dispatcher: { kind: 'lambda', functionName, payload: 'parameters' },
      ...rest,
    },
  });
  if (response.status !== 201) throw new Error(`${response.status}: ${JSON.stringify(response.body)}`);
}
