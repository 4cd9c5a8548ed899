import { AwsError } from '../../aws-error.ts';

/**
 * Creates the error with which Batch refuses a request. All have the same code; only the message differs.
 * https://docs.aws.amazon.com/batch/latest/APIReference/CommonErrors.html
 */
export function clientError(message: string): AwsError {
  return new AwsError('ClientException', `Error executing request, Exception : ${message}`, 400);
}
