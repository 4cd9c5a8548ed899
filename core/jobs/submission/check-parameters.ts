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
const maxPayloadParametersBytes = 204_800;

/** The submitted parameters; an explicit null is a value like any other. */
export function submittedParameters({ parameters }: Pick<Submission, 'parameters'>): JsonValue {
  return parameters === undefined ? {} : parameters;
}

/** How to check parameters. */
export interface CheckOptions {
  /** Describes a violation of the schema. */
  readonly describeViolations: DescribeViolations;
  /** Shared with the other checks of the request. */
  readonly time?: CheckTime | undefined;
}

/** Fills in the defaults of a service version and checks the parameters against its schema. */
export function checkParameters(
  service: Service,
  submitted: JsonValue,
  { describeViolations, time }: CheckOptions,
): { readonly parameters: CheckedParameters; readonly violations: readonly Violation[] } {
  const check = { schema: service.definition.parameters, value: submitted, root: '/parameters', time };
  const { value, violations } = checkValue(check, describeViolations);
  const filled = JSON.stringify(value);
  const request = JSON.stringify(submitted);
  return {
    parameters: filled === request ? { parameters: filled } : { parameters: filled, request },
    violations: violations.length > 0 ? violations : payloadSizeViolations(service, filled),
  };
}

/** With an envelope large parameters are passed by URL; parameters without an envelope cannot be. */
function payloadSizeViolations({ definition }: Service, filled: string): readonly Violation[] {
  const { dispatcher } = definition;
  const hasNoEnvelope = dispatcher.kind === 'lambda' && dispatcher.payload === 'parameters';
  if (!hasNoEnvelope || Buffer.byteLength(filled) <= maxPayloadParametersBytes) return [];
  const detail = `must be at most ${maxPayloadParametersBytes} bytes of JSON, because this service receives its parameters without an envelope`;
  return [{ pointer: '/parameters', keyword: 'maxLength', detail }];
}
