import { asError } from '../../core/std/as-error.ts';

/**
 * Names and codes of transient errors of a busy or unreachable service. SlowDown, InternalError and RequestTimeout are specific to S3.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
 */
const transient =
  /Throttl|TooManyRequests|ProvisionedThroughputExceeded|RequestLimitExceeded|SlowDown|ServiceUnavailable|InternalServer|^InternalError|RequestTimeout|TimeoutError|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EPIPE|EAI_AGAIN/;

/** Whether an error of a call to AWS reports that the service is busy or unreachable, so that the same call can succeed later. */
export function isTransientError(error: unknown): boolean {
  const cause = asError(error);
  const code = 'code' in cause ? String(cause.code) : '';
  return transient.test(`${cause.name} ${code}`);
}
