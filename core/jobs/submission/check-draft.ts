import type { JsonValue } from '../../contract/json.ts';
import { violationsError } from '../../contract/problems/problem-error.ts';
import type { Violation } from '../../contract/problems/problem-schema.ts';
import type { Submission } from '../../contract/schemas/submission-schemas.ts';
import type { CheckTime } from '../../json-schema/limits/check-time.ts';
import { unusableJson } from '../../json-schema/schema/unusable-json.ts';
import { describeViolations } from '../../json-schema/validation/describe-violations.ts';
import type { Service } from '../../services/model/service.ts';
import { omitUndefined } from '../../std/omit-undefined.ts';
import type { Draft } from '../model/job.ts';
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

/** A checked submission of a draft: its service may be missing, and its parameters may have errors. */
export interface CheckedDraft {
  readonly kind: 'draft';
  readonly service: Service | undefined;
  readonly parameters: CheckedParameters;
  readonly draft: Draft;
}

/** Checks the submission of a draft; throws as `checkDraft` does. */
export function draftOf(
  submission: Submission,
  service: Service | undefined,
  time?: CheckTime,
): CheckedDraft {
  const { parameters, missing } = checkDraft(service, submittedParameters(submission), time);
  const unindexable = indexedViolations(service?.definition.indexedMetadata ?? [], submission.metadata ?? {});
  const draft = { overrides: overridesOf(submission), missing: [...missing, ...unindexable] };
  return { kind: 'draft', service, parameters, draft };
}

function overridesOf(submission: Submission): Draft['overrides'] {
  const { retry, attemptTimeoutSeconds, queueTimeoutSeconds, timeoutSeconds } = submission;
  return {
    ...omitUndefined({ retry, attemptTimeoutSeconds, queueTimeoutSeconds, timeoutSeconds }),
  };
}

/**
 * Determines what a draft still lacks. Throws `invalid-parameters` for parameters that cannot be stored: more
 * than 1,048,576 bytes, a number beyond the range of a double, or a lone surrogate in a name.
 */
export function checkDraft(service: Service | undefined, submitted: JsonValue, time?: CheckTime): DraftCheck {
  const unusable = unusableJson(submitted, '/parameters');
  if (unusable.length > 0) throw violationsError('invalid-parameters', unusable);
  const request = JSON.stringify(submitted);
  if (Buffer.byteLength(request) > maxParametersBytes) {
    const detail = `must be at most ${maxParametersBytes} bytes of JSON`;
    throw violationsError('invalid-parameters', [{ pointer: '/parameters', keyword: 'maxLength', detail }]);
  }
  if (service === undefined) return { parameters: { parameters: request }, missing: [missingService] };
  const { parameters, violations } = checkParameters(service, submitted, {
    describeViolations: describeViolations,
    time,
  });
  return { parameters, missing: limitMissing(violations) };
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
