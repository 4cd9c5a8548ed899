import type { Host, Passage, Visit } from './host.ts';
import { pause } from './interruptible.ts';
import { type Sources, selection, valueAt, withResult } from './reference-path.ts';
import { runTask } from './run-task.ts';
import type { ChoiceState, FailState, State, WaitState } from './state.ts';
import { StateError } from './state-error.ts';
import { wholeSeconds } from './whole-seconds.ts';

/** Runs a state with its input. Throws a `StateError` that no rule of the state handles. */
export async function runState(
  state: Exclude<State, FailState>,
  input: unknown,
  host: Host,
): Promise<Passage> {
  const entry: Visit['entry'] = { Name: state.name, EnteredTime: new Date().toISOString() };
  if (state.type === 'Task') return runTask(state, { input, entry }, host);
  const context = { ...host.context, State: entry };
  const sources = { input: selection(state.inputPath, { input, context }), context };
  const output = (result: unknown): unknown => selection(state.outputPath, { input: result, context });
  switch (state.type) {
    case 'Choice':
      return { next: chosen(state, sources), output: output(sources.input) };
    case 'Wait':
      await pause(secondsOf(state, sources) * 1000 * host.delayScale, host.signal);
      return { next: state.next, output: output(sources.input) };
    case 'Pass': {
      const parameters = state.parameters(sources);
      const result = state.result === undefined ? parameters : state.result;
      return { next: state.next, output: output(withResult(state.resultPath, input, result)) };
    }
    case 'Succeed':
      return { next: null, output: output(sources.input) };
  }
}

function chosen(state: ChoiceState, sources: Sources): string {
  const rule = state.rules.find(({ variable, matches }) => matches(valueAt(variable, sources)));
  const next = rule?.next ?? state.default;
  if (next !== undefined) return next;
  const cause = `No rule of the state '${state.name}' matches its input, and the state has no Default.`;
  throw new StateError('States.NoChoiceMatched', cause);
}

function secondsOf({ seconds, secondsPath: path }: WaitState, sources: Sources): number {
  if (path === undefined) return wholeSeconds(seconds, 'Seconds', 0);
  return wholeSeconds(valueAt(path, sources), path.text, 0);
}
