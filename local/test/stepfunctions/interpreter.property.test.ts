import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Outcome } from '../../stepfunctions/interpreter/host.ts';
import { StateError } from '../../stepfunctions/interpreter/state-error.ts';
import { errorName, jsonObject, jsonValue, machineDefinition } from './definition-arbitrary.ts';
import { type Report, runWithLibrary } from './library-run.ts';
import { runDefinition, type TaskCall } from './run-definition.ts';

/** The result or the error of a call. */
type Answer = { readonly result: unknown } | { readonly error: string; readonly cause: string };

const answer: fc.Arbitrary<Answer> = fc.oneof(
  fc.record({ result: jsonValue }),
  fc.record({ error: errorName, cause: fc.constantFrom('why', '{"errorMessage":"why"}') }),
);

/** Returns a task that answers its calls in their order, and repeats the last answer. */
function scripted(answers: readonly Answer[]): () => unknown {
  let next = 0;
  return () => {
    const given = answers[Math.min(next, answers.length - 1)];
    next += 1;
    if (given === undefined) throw new Error('A script has at least one answer');
    if ('result' in given) return given.result;
    throw new StateError(given.error, given.cause);
  };
}

/** Removes the words in which each of the interpreters explains the errors that it reports itself. */
function comparable({ cause, ...report }: Report): unknown {
  const isOwn = report.error === 'States.Runtime' || report.error === 'States.NoChoiceMatched';
  const explained = isOwn || cause === undefined ? report : { ...report, cause };
  const conflict = /^(Unable to apply ReferencePath|States\.ResultPathMatchFailure$)/;
  return JSON.parse(JSON.stringify(explained), (_, value: unknown) =>
    typeof value === 'string' && conflict.test(value) ? 'a conflict of ResultPath' : value,
  );
}

function reportOf(outcome: Outcome, calls: readonly TaskCall[]): Report {
  if (outcome.status === 'SUCCEEDED') return { ...outcome, output: JSON.parse(outcome.output), calls };
  const { error, cause } = outcome;
  return {
    status: 'FAILED',
    ...(error === undefined ? {} : { error }),
    ...(cause === undefined ? {} : { cause }),
    calls,
  };
}

test('a definition runs as an independent interpreter runs it', async () => {
  const answers = fc.array(answer, { minLength: 1, maxLength: 6 });
  const run = fc.asyncProperty(machineDefinition, jsonObject, answers, async (definition, input, script) => {
    const expected = await runWithLibrary(definition, input, scripted(script));
    fc.pre(expected !== undefined);
    const { outcome, calls } = await runDefinition(definition, input, scripted(script));
    expect(comparable(reportOf(outcome, calls))).toEqual(comparable(expected));
  });
  await fc.assert(run, { numRuns: 1000 });
});
