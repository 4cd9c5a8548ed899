import type { JsonValue } from '../../contract/json.ts';
import type { CompiledSchema } from './compiled-schema.ts';
import { nothingEvaluated } from './interpreter/evaluated-parts.ts';
import type { Run, SchemaError } from './interpreter/run.ts';
import { apply } from './interpreter/schema-node.ts';

/** The input of an evaluation: a value, its length, and a schema. */
export interface Evaluation {
  readonly compiled: CompiledSchema;
  readonly value: JsonValue;
  /** The number of characters of the value's JSON. */
  readonly length: number;
}

/** Enough for 1,000 violations with errors of several alternatives each. */
const maxErrors = 20_000;
const maxLocationCharacters = 5_000_000;

/**
 * The maximum number of schema applications. It grows with the length of the value; only a schema whose
 * alternatives multiply with the depth of the value exceeds it.
 */
const steps = { least: 1_000_000, perCharacter: 20 } as const;

/** Returns whether a value matches; stops at the first keyword that it violates. Throws `StepLimitError`. */
export function fitsSchema(evaluation: Evaluation): boolean {
  return evaluate(evaluation, { ...newRun(evaluation), errorsLeft: 0 });
}

/** Returns the keywords that a value violates, at most the first 20,000. Throws `StepLimitError`. */
export function schemaErrors(evaluation: Evaluation): readonly SchemaError[] {
  const run = newRun(evaluation);
  evaluate(evaluation, run);
  return run.errors;
}

function newRun({ length }: Evaluation): Run {
  return {
    stepsLeft: steps.least + length * steps.perCharacter,
    errorsLeft: maxErrors,
    charactersLeft: maxLocationCharacters,
    errors: [],
  };
}

function evaluate({ compiled, value }: Evaluation, run: Run): boolean {
  const root = run.errorsLeft > 0 ? {} : undefined;
  const evaluated = compiled.requiresUnevaluated ? nothingEvaluated() : undefined;
  return apply(run, compiled.node, { value, location: root, keywordPath: root, evaluated });
}
