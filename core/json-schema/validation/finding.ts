import type { JsonValue } from '../../contract/json.ts';
import type { Violation } from '../../contract/problems/problem-schema.ts';
import type { CompiledSchema } from './compiled-schema.ts';

/** The schema and the value that the errors of one validation refer to. */
export interface ExplainContext {
  readonly compiled: CompiledSchema;
  /** Returns the value at a pointer from the root of the validated value. */
  readonly valueAt: (pointer: string) => JsonValue;
}

export interface Finding {
  readonly violation: Violation;
  /**
   * If set, the finding is dropped when there is another finding at or below this pointer, which explains it.
   */
  readonly impliedByErrorsAt?: string;
}
