import type { JsonValue } from '../../contract/json.ts';
import type { Fault } from '../../contract/problems/problem-schema.ts';
import type { Submission } from '../../contract/schemas/submission-schemas.ts';
import type { CheckTime } from '../../json-schema/limits/check-time.ts';
import { checkValue, type DescribeViolation } from '../../json-schema/validation/check-value.ts';
import type { Service } from '../../services/model/service.ts';

/** Both forms of the parameters as JSON text; `request` only when the defaults changed something. */
export interface CheckedParameters {
  readonly parameters: string;
  readonly request?: string;
}

/** Bare parameters pass through a state of the router, which holds 262,144 bytes in all. */
const maxBareParametersBytes = 204_800;

/** An explicit null is a value like any other. */
export function submittedParameters({ parameters }: Pick<Submission, 'parameters'>): JsonValue {
  return parameters === undefined ? {} : parameters;
}

export interface Checking {
  /** Describes what does not fit. */
  readonly tell: DescribeViolation;
  /** Shared with the other checks of the request. */
  readonly time?: CheckTime | undefined;
}

/** The parameters as a version takes them, and the faults that they have for it, as `tell` describes them. */
export function checkParameters(
  service: Service,
  submitted: JsonValue,
  { tell, time }: Checking,
): { readonly parameters: CheckedParameters; readonly faults: readonly Fault[] } {
  const check = { schema: service.definition.parameters, parameters: submitted, root: '/parameters', time };
  const { parameters, faults } = checkValue(check, tell);
  const [filled, request] = [JSON.stringify(parameters), JSON.stringify(submitted)];
  return {
    parameters: filled === request ? { parameters: filled } : { parameters: filled, request },
    faults: faults.length > 0 ? faults : bareSizeFaults(service, filled),
  };
}

/** A service that takes the envelope is told where large parameters are; one that takes them bare cannot be. */
function bareSizeFaults({ definition }: Service, filled: string): readonly Fault[] {
  const { dispatcher } = definition;
  const takesThemBare = dispatcher.kind === 'lambda' && dispatcher.payload === 'parameters';
  if (!takesThemBare || Buffer.byteLength(filled) <= maxBareParametersBytes) return [];
  const detail = `must be at most ${maxBareParametersBytes} bytes of JSON, since this service takes its parameters bare`;
  return [{ pointer: '/parameters', keyword: 'maxLength', detail }];
}
