import type { JsonValue } from '../../contract/json.ts';
import { violationsError } from '../../contract/problems/problem-error.ts';
import type { Violation } from '../../contract/problems/problem-schema.ts';
import type { Submission } from '../../contract/schemas/submission-schemas.ts';
import type { CheckTime } from '../../json-schema/limits/check-time.ts';
import { unusableJson } from '../../json-schema/schema/unusable-json.ts';
import { describeViolations } from '../../json-schema/validation/describe-violations.ts';
import type { Service } from '../../services/model/service.ts';
import { omitUndefined } from '../../std/omit-undefined.ts';
import { type CheckInputsDeps, checkInputs } from '../inputs/check-inputs.ts';
import { submittedIds } from '../inputs/submitted-inputs.ts';
import type { Draft, JobInputs } from '../model/job.ts';
import { indexedViolations } from './check-indexed-metadata.ts';
import { type CheckedParameters, checkParameters, submittedParameters } from './check-parameters.ts';

/** The parameters of a draft, and why it cannot be started; `missing` is empty if it is ready. */
export interface DraftCheck {
  readonly parameters: CheckedParameters;
  readonly missing: readonly Violation[];
}

/** Parameters that were merged by edits can exceed the size of a request body. */
const maxParametersBytes = 1_048_576;

/** Missing values are stored on the record: the first errors, as many as fit. */
const maxMissing = 100;
const maxMissingBytes = 8192;
/** Maximum length of a pointer and of a detail: even with all characters escaped, one error always fits. */
const maxTextLength = 500;

const missingService: Violation = { pointer: '/service', detail: 'is required', keyword: 'required' };

/** A checked submission of a draft: its service may be missing, and its parameters and inputs may have errors. */
export interface CheckedDraft {
  readonly kind: 'draft';
  readonly service: Service | undefined;
  readonly parameters: CheckedParameters;
  /** Absent if the draft uses no data objects. */
  readonly inputs?: JobInputs;
  readonly draft: Draft;
}

/** Checks the submission of a draft; throws as `checkDraft` and `checkInputs` do. */
export async function draftOf(
  deps: CheckInputsDeps & { readonly checks?: { readonly time: CheckTime } | undefined },
  input: {
    readonly tenant: string;
    readonly submission: Submission;
    readonly service: Service | undefined;
  },
): Promise<CheckedDraft> {
  const { tenant, submission, service } = input;
  const { inputs, violations } = await checkInputs(deps, {
    tenant,
    service,
    ids: submittedIds(submission.inputs),
  });
  const { parameters, missing } = checkDraft(service, submittedParameters(submission), {
    otherViolations: [
      ...violations,
      ...indexedViolations(service?.definition.indexedMetadata ?? [], submission.metadata ?? {}),
    ],
    time: deps.checks?.time,
  });
  return {
    kind: 'draft',
    service,
    parameters,
    ...(Object.keys(inputs).length === 0 ? {} : { inputs }),
    draft: { overrides: overridesOf(submission), missing },
  };
}

function overridesOf(submission: Submission): Draft['overrides'] {
  const { retry, attemptTimeoutSeconds, queueTimeoutSeconds, timeoutSeconds } = submission;
  return {
    ...omitUndefined({ retry, attemptTimeoutSeconds, queueTimeoutSeconds, timeoutSeconds }),
  };
}

export interface DraftCheckOptions {
  /** The violations of the draft's inputs and of its indexed metadata. */
  readonly otherViolations?: readonly Violation[];
  /** Shared with the other checks of the request. */
  readonly time?: CheckTime | undefined;
}

/**
 * Determines what a draft still lacks. Throws `invalid-parameters` for parameters that cannot be stored: more
 * than 1,048,576 bytes, a number beyond the range of a double, or a lone surrogate in a name.
 */
export function checkDraft(
  service: Service | undefined,
  submitted: JsonValue,
  { otherViolations = [], time }: DraftCheckOptions = {},
): DraftCheck {
  const unusable = unusableJson(submitted, '/parameters');
  if (unusable.length > 0) throw violationsError('invalid-parameters', unusable);
  const request = JSON.stringify(submitted);
  if (Buffer.byteLength(request) > maxParametersBytes) {
    const detail = `must be at most ${maxParametersBytes} bytes of JSON`;
    throw violationsError('invalid-parameters', [{ pointer: '/parameters', keyword: 'maxLength', detail }]);
  }
  if (service === undefined)
    return {
      parameters: { parameters: request },
      missing: limitMissing([missingService, ...otherViolations]),
    };
  const { parameters, violations } = checkParameters(service, submitted, {
    describeViolations: describeViolations,
    time,
  });
  return { parameters, missing: limitMissing([...violations, ...otherViolations]) };
}

function limitMissing(violations: readonly Violation[]): readonly Violation[] {
  let bytesLeft = maxMissingBytes;
  const truncated = violations.slice(0, maxMissing).map(({ pointer, detail, keyword }) => ({
    pointer: truncate(pointer),
    detail: truncate(detail),
    keyword,
  }));
  return truncated.filter((violation) => {
    bytesLeft -= Buffer.byteLength(JSON.stringify(violation));
    return bytesLeft >= 0;
  });
}

function truncate(text: string): string {
  return text.slice(0, maxTextLength).toWellFormed();
}
