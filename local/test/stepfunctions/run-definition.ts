import type { JsonRecord } from '../../json.ts';
import { checkDefinition } from '../../stepfunctions/definition-check.ts';
import { compileDefinition } from '../../stepfunctions/interpreter/compile-definition.ts';
import type { Host, Outcome } from '../../stepfunctions/interpreter/host.ts';
import { runProgram } from '../../stepfunctions/interpreter/run-program.ts';

/** A call of a task: the name of its state, and the result of its Parameters. */
export interface TaskCall {
  readonly state: string;
  readonly parameters: unknown;
}

/** The members of the context object that are the same in all states. */
export const testContext = {
  Execution: { Id: 'arn:execution', Name: 'one', Input: { a: 'input' } },
  StateMachine: { Id: 'arn:machine', Name: 'machine' },
};

/** Runs a definition whose tasks `perform` answers; waits and pauses take no time. */
export async function runDefinition(
  definition: JsonRecord,
  input: unknown,
  perform: (call: TaskCall) => unknown,
): Promise<{ readonly outcome: Outcome; readonly calls: readonly TaskCall[] }> {
  checkDefinition(definition, 'Machine');
  const calls: TaskCall[] = [];
  const host: Host = {
    perform: async ({ name: state }, parameters) => {
      calls.push({ state, parameters });
      return perform({ state, parameters });
    },
    context: testContext,
    delayScale: 0,
    signal: new AbortController().signal,
  };
  const outcome = await runProgram(compileDefinition(definition, 'Machine'), input, host);
  if (outcome === null) throw new Error('The run was aborted');
  return { outcome, calls };
}
