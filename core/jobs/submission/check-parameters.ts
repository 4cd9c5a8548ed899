import type { JsonValue } from '../../contract/json.ts';
import type { Violation } from '../../contract/problems/problem-schema.ts';
import type { Submission } from '../../contract/schemas/submission-schemas.ts';
import type { CheckTime } from '../../json-schema/limits/check-time.ts';
import { checkValue, type DescribeViolations } from '../../json-schema/validation/check-value.ts';
import type { Service } from '../../services/model/service.ts';

/**
 * The parameters as JSON text, with defaults and as submitted; `request` only if the defaults changed
 * something.
 */
export interface CheckedParameters {
  readonly parameters: string;
  readonly request?: string;
}

/**
 * Maximum size of parameters without an envelope: the input of a Step Functions state is limited to 262,144
 * bytes.
 */
const maxBareParametersBytes = 204_800;

/** The submitted parameters; an explicit null is a value like any other. */
export function submittedParameters({ parameters }: Pick<Submission, 'parameters'>): JsonValue {
  return parameters === undefined ? {} : parameters;
}

export interface Checking {
  /** Describes a violation of the schema. */
  readonly describe: DescribeViolations;
  /** Shared with the other checks of the request. */
  readonly time?: CheckTime | undefined;
}

/** Fills in the defaults of a service version and checks the parameters against its schema. */
export function checkParameters(
  service: Service,
  submitted: JsonValue,
  { describe, time }: Checking,
): { readonly parameters: CheckedParameters; readonly violations: readonly Violation[] } {
  const check = { schema: service.definition.parameters, parameters: submitted, root: '/parameters', time };
  const { parameters, violations } = checkValue(check, describe);
  const [filled, request] = [JSON.stringify(parameters), JSON.stringify(submitted)];
  return {
    parameters: filled === request ? { parameters: filled } : { parameters: filled, request },
    violations: violations.length > 0 ? violations : bareSizeViolations(service, filled),
  };
}

/** With an envelope large parameters are passed by URL; parameters without an envelope cannot be. */
function bareSizeViolations({ definition }: Service, filled: string): readonly Violation[] {
  const { dispatcher } = definition;
  const isBare = dispatcher.kind === 'lambda' && dispatcher.payload === 'parameters';
  if (!isBare || Buffer.byteLength(filled) <= maxBareParametersBytes) return [];
  const detail = `must be at most ${maxBareParametersBytes} bytes of JSON, because this service receives its parameters without an envelope`;
  return [{ pointer: '/parameters', keyword: 'maxLength', detail }];
}
