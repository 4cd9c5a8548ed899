import { dataLimitCause, exceedsDataLimit } from './data-limit.ts';
import type { Host, Outcome } from './host.ts';
import { runState } from './run-state.ts';
import type { Program } from './state.ts';
import { StateError } from './state-error.ts';

/**
 * Runs the states of a machine from the first to the last one. Never throws; resolves to null if the signal
 * of the host was aborted first. A state whose output is too large fails the execution, because the state's
 * own rules do not apply to it.
 */
export async function runProgram(program: Program, input: unknown, host: Host): Promise<Outcome | null> {
  let data = input;
  let name: string | null = program.startAt;
  try {
    while (name !== null) {
      const state = program.states.get(name);
      if (state === undefined) throw new Error(`State ${name} does not exist`);
      if (state.type === 'Fail') return failed(state.error, state.cause);
      const passage = await runState(state, data, host);
      if (host.signal.aborted) return null;
      // Data that a state passes on unchanged was checked before.
      if (passage.output !== data && exceedsDataLimit(passage.output))
        return failed('States.DataLimitExceeded', dataLimitCause(name));
      data = passage.output;
      name = passage.next;
    }
    return { status: 'SUCCEEDED', output: JSON.stringify(data) };
  } catch (error) {
    return host.signal.aborted ? null : failureOf(error, name);
  }
}

/** An error that is not a `StateError` is a defect of the runtime; its name has no meaning on AWS. */
function failureOf(error: unknown, state: string | null): Outcome {
  if (error instanceof StateError && error.name !== 'States.Runtime')
    return failed(error.name, error.message === '' ? undefined : error.message);
  const cause = error instanceof StateError ? error.message : String(error);
  return failed('States.Runtime', `An error occurred while executing the state '${state}'. ${cause}`);
}

function failed(error: string | undefined, cause: string | undefined): Outcome {
  return {
    status: 'FAILED',
    ...(error === undefined ? {} : { error }),
    ...(cause === undefined ? {} : { cause }),
  };
}
