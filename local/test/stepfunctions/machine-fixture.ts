import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, vi } from 'vitest';
import type { AwsRequest, FunctionInvoker, InvokeRequest, InvokeResult, Resource } from '../../cloud.ts';
import type { StepFunctions } from '../../stepfunctions/start-step-functions.ts';
import { accountId, testRegion } from '../fixture/model-of.ts';

export const roleArn = `arn:aws:iam::${accountId}:role/router-role`;

export function machineArn(name: string): string {
  return `arn:aws:states:${testRegion}:${accountId}:stateMachine:${name}`;
}

export function machineResource(
  name: string,
  definition: object,
  type: 'STANDARD' | 'EXPRESS' = 'EXPRESS',
): Resource {
  const arn = machineArn(name);
  return {
    stack: 'Test',
    logicalId: name,
    type: 'AWS::StepFunctions::StateMachine',
    ref: arn,
    arn,
    properties: {
      StateMachineName: name,
      DefinitionString: JSON.stringify(definition),
      StateMachineType: type,
      RoleArn: roleArn,
    },
  };
}

/** Permits no assumption of a role, for machines whose tasks name no role. */
export const assumeNoRole = () => undefined;

/** JSON text that a scripted function returns unchanged. */
export class RawPayload {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** An invoker that responds by function name and records every call. */
export function scriptedInvoker(
  script: Readonly<Record<string, (payload: unknown, call: number) => unknown>>,
): FunctionInvoker & { readonly calls: InvokeRequest[] } {
  const calls: InvokeRequest[] = [];
  const counts = new Map<string, number>();
  return {
    calls,
    invoke: async (request): Promise<InvokeResult> => {
      calls.push(request);
      const name = request.functionName.split(':').at(-1) ?? '';
      const answer = script[name];
      if (answer === undefined) throw new Error(`no script for ${name}`);
      const count = (counts.get(name) ?? 0) + 1;
      counts.set(name, count);
      const result = await answer(JSON.parse(request.payload), count);
      if (result instanceof RawPayload) return { payload: result.text };
      return isFailure(result) ? result : { payload: JSON.stringify(result ?? null) };
    },
    invokeAsync: async () => {
      throw new Error('not scripted');
    },
    invokeStreaming: async () => {
      throw new Error('not scripted');
    },
  };
}

export function functionFailure(errorType: string, errorMessage: string): InvokeResult {
  return { functionError: 'Unhandled', payload: JSON.stringify({ errorType, errorMessage }) };
}

/** JSON text of arrays nested to this depth, for depths that JSON.stringify cannot write. */
export function nestedArrays(depth: number): string {
  return `${'['.repeat(depth)}${']'.repeat(depth)}`;
}

function isFailure(value: unknown): value is InvokeResult {
  return typeof value === 'object' && value !== null && 'functionError' in value;
}

export function temporaryDirectory(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'errand-states-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

export function statesRequest(operation: string, body: object): AwsRequest {
  return {
    method: 'POST',
    url: '/',
    headers: {
      'x-amz-target': `AWSStepFunctions.${operation}`,
      'content-type': 'application/x-amz-json-1.0',
    },
    body: Buffer.from(JSON.stringify(body)),
    principal: { kind: 'operator' },
  };
}

export async function call(
  states: StepFunctions,
  operation: string,
  body: object,
): Promise<Record<string, unknown>> {
  const response = await states.handle(statesRequest(operation, body));
  return JSON.parse(String(response.body)) as Record<string, unknown>;
}

/** Waits until an execution has ended, and returns its description. */
export function ended(states: StepFunctions, executionArn: unknown): Promise<Record<string, unknown>> {
  return vi.waitFor(async () => {
    const description = await call(states, 'DescribeExecution', { executionArn });
    expect(description['status']).not.toBe('RUNNING');
    return description;
  }, 8_000);
}
