import { AwsError } from '../../aws-error.ts';

/** How Batch refuses a request: one code for all, only the message tells. https://docs.aws.amazon.com/batch/latest/APIReference/CommonErrors.html */
export function clientError(message: string): AwsError {
  return new AwsError('ClientException', `Error executing request, Exception : ${message}`, 400);
}
