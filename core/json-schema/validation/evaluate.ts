import type { JsonValue } from '../../contract/json.ts';
import type { CompiledSchema } from './compiled-schema.ts';
import type { Run, SchemaError } from './interpreter/run.ts';
import { apply } from './interpreter/schema-node.ts';
import { nothingSeen } from './interpreter/seen.ts';

/** A value of known length that is evaluated by a schema. */
export interface Evaluated {
  readonly compiled: CompiledSchema;
  readonly value: JsonValue;
  /** Characters of the value's JSON. */
  readonly length: number;
}

/** Enough for 1,000 faults whose forms each have errors of their own. */
const maxErrors = 20_000;
const maxLocationCharacters = 5_000_000;

/**
 * How many schemas may be applied: a long value may take long, and only a schema whose forms multiply with the depth of the
 * value takes more than this for a value of its length.
 */
const steps = { least: 1_000_000, perCharacter: 20 } as const;

/** Whether a value fits; stops at the first keyword that it breaks. Throws `StepLimitError`. */
export function fitsSchema(evaluated: Evaluated): boolean {
  return evaluate(evaluated, { ...newRun(evaluated), errorsLeft: 0 });
}

/** The keywords that a value breaks, the first 20,000 at most. Throws `StepLimitError`. */
export function schemaErrors(evaluated: Evaluated): readonly SchemaError[] {
  const run = newRun(evaluated);
  evaluate(evaluated, run);
  return run.errors;
}

function newRun({ length }: Evaluated): Run {
  return {
    stepsLeft: steps.least + length * steps.perCharacter,
    errorsLeft: maxErrors,
    charactersLeft: maxLocationCharacters,
    errors: [],
  };
}

function evaluate({ compiled, value }: Evaluated, run: Run): boolean {
  const root = run.errorsLeft > 0 ? {} : undefined;
  const seen = compiled.requiresUnevaluated ? nothingSeen() : undefined;
  return apply(run, compiled.node, { value, place: root, way: root, seen });
}
