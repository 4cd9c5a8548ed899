import type { JsonValue } from '../../contract/json.ts';
import type { Fault } from '../../contract/problems/problem-schema.ts';
import type { CompiledSchema } from './compiled-schema.ts';

/** What the errors of one validation are about. */
export interface Explained {
  readonly compiled: CompiledSchema;
  /** The value at a pointer from the validated root. */
  readonly valueAt: (pointer: string) => JsonValue;
}

export interface Finding {
  readonly fault: Fault;
  /** Set where the finding means nothing if there is another one at or below this pointer. */
  readonly echoOf?: string;
}
