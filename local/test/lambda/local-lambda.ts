import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { AccessControl, Delivery, Resource } from '../../cloud.ts';
import { type LambdaOptions, type LocalLambda, startLambda } from '../../lambda/start-lambda.ts';
import { writeThreadModule } from '../../lambda/thread/thread-module.ts';
import { accountId, modelOf, testRegion } from '../fixture/model-of.ts';

/** Threads of the tests start from the same file as those of the runtime, which is faster than from its source. */
const shared = process.env['ERRAND_TEST_DIRECTORY'] ?? tmpdir(); // deleted when all tests have ended
const threadModule = await writeThreadModule(mkdtempSync(join(shared, 'thread-')));

export const testOperator = { kind: 'operator' } as const;

/** Creates a folder that is deleted when the test has finished. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'local-lambda-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** Creates a resource as if resolved from an assembly. */
export function resource(
  type: string,
  ref: string,
  properties: object,
  more: Partial<Resource> = {},
): Resource {
  return { stack: 'Test', logicalId: ref, type, ref, properties: { ...properties }, ...more };
}

export function functionArnOf(name: string): string {
  return `arn:aws:lambda:${testRegion}:${accountId}:function:${name}`;
}

/** A function whose code is one file; the file's name decides between module and script. */
export function functionResource(
  name: string,
  code: string,
  properties: object = {},
  file = 'index.mjs',
): Resource {
  const assetDirectory = join(temporaryDirectory(), 'asset');
  mkdirSync(dirname(join(assetDirectory, file)), { recursive: true });
  writeFileSync(join(assetDirectory, file), code);
  return resource(
    'AWS::Lambda::Function',
    name,
    {
      FunctionName: name,
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Role: `arn:aws:iam::${accountId}:role/${name}`,
      Code: {},
      Timeout: 10,
      ...properties,
    },
    { arn: functionArnOf(name), assetDirectory },
  );
}

const allowAll: AccessControl = { require: () => undefined };

/** Starts Lambda for a test and stops it afterwards. Collects log lines in `lines` and `deliveries`. */
export function lambdaWith(
  resources: readonly Resource[],
  options: Partial<LambdaOptions> = {},
): { readonly lambda: LocalLambda; readonly lines: string[]; readonly deliveries: Delivery[] } {
  const lines: string[] = [];
  const deliveries: Delivery[] = [];
  const lambda = startLambda({
    model: modelOf(resources),
    access: allowAll,
    deliver: async (delivery) => void deliveries.push(delivery),
    dataDirectory: temporaryDirectory(),
    environmentFor: () => ({ AWS_ACCESS_KEY_ID: 'LOCALKEY' }),
    oneAtATime: (it) => it.ref.startsWith('service-'),
    threadModule,
    log: (name, line) => void lines.push(`${name}: ${line}`),
    ...options,
  });
  onTestFinished(() => lambda.stop());
  return { lambda, lines, deliveries };
}

/** Invokes a function with an event as the operator and parses the result. */
export async function call(lambda: LocalLambda, functionName: string, event: unknown = {}): Promise<unknown> {
  const result = await lambda.invoke({
    functionName,
    payload: JSON.stringify(event),
    principal: testOperator,
  });
  const payload: unknown = JSON.parse(result.payload);
  return result.functionError === undefined ? payload : { functionError: result.functionError, payload };
}
