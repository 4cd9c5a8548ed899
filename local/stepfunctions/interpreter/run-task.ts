import { includesError, retryPauseSeconds } from './error-rules.ts';
import type { Host, Passage, Visit } from './host.ts';
import { pause, resultWithin } from './interruptible.ts';
import { type Sources, selection, valueAt, withResult } from './reference-path.ts';
import type { TaskState } from './state.ts';
import { StateError } from './state-error.ts';
import { wholeSeconds } from './whole-seconds.ts';

/**
 * Runs a task: calls its function, retries errors as Retry specifies, and then handles them as Catch
 * specifies. Throws a `StateError` that neither of them names. Only tasks have a `$$.State.RetryCount`:
 * https://github.com/localstack/localstack/blob/main/tests/aws/services/stepfunctions/v2/context_object/test_context_object.snapshot.json
 */
export async function runTask(state: TaskState, { input, entry }: Visit, host: Host): Promise<Passage> {
  const retriesByRule = state.retriers.map(() => 0);
  for (let retries = 0; ; retries += 1) {
    host.signal.throwIfAborted();
    const context = { ...host.context, State: { ...entry, RetryCount: retries } };
    try {
      return { next: state.next, output: await attempt(state, { input, context }, host) };
    } catch (error) {
      // Any other error is a defect of the runtime, or the end of a stopped execution.
      if (!(error instanceof StateError)) throw error;
      const pauseSeconds = nextPauseSeconds(state, retriesByRule, error);
      if (pauseSeconds === undefined) return caught(state, input, error);
      await pause(pauseSeconds * 1000 * host.delayScale, host.signal);
    }
  }
}

/** https://docs.aws.amazon.com/step-functions/latest/dg/concepts-input-output-filtering.html */
async function attempt(state: TaskState, { input, context }: Sources, host: Host): Promise<unknown> {
  const sources = { input: selection(state.inputPath, { input, context }), context };
  const parameters = state.parameters(sources);
  const limit = { timeoutSeconds: timeoutOf(state, sources), signal: host.signal };
  const result = await resultWithin(host.perform(state, parameters), limit);
  const selected = state.resultSelector({ input: result, context });
  return selection(state.outputPath, { input: withResult(state.resultPath, input, selected), context });
}

function timeoutOf({ timeoutSeconds: limit }: TaskState, sources: Sources): number | undefined {
  if (typeof limit !== 'object') return limit;
  return wholeSeconds(valueAt(limit, sources), limit.text, 1);
}

/**
 * Returns the pause before the next retry and counts the retry. Returns undefined if no rule names the error,
 * or if the first rule that does has no retries left.
 */
function nextPauseSeconds(
  state: TaskState,
  retriesByRule: number[],
  { name }: StateError,
): number | undefined {
  const index = state.retriers.findIndex(({ errorNames }) => includesError(errorNames, name));
  const retrier = state.retriers[index];
  const earlier = retriesByRule[index] ?? 0;
  if (retrier === undefined || earlier >= retrier.maxAttempts) return undefined;
  retriesByRule[index] = earlier + 1;
  return retryPauseSeconds(retrier, earlier);
}

/** The output of a caught error replaces that of the state: OutputPath does not apply to it. */
function caught(state: TaskState, input: unknown, error: StateError): Passage {
  const catcher = state.catchers.find(({ errorNames }) => includesError(errorNames, error.name));
  if (catcher === undefined) throw error;
  const output = withResult(catcher.resultPath, input, { Error: error.name, Cause: error.message });
  return { next: catcher.next, output };
}
