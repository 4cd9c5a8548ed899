import type { TaskPlan } from './step.ts';

/**
 * Names that no wildcard matches, neither States.ALL nor States.TaskFailed.
 * https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
 */
const onlyByName = 'States.DataLimitExceeded';
const never = 'States.Runtime';

/**
 * Failure of a task in Step Functions' terms: `name` is the error's name, `message` its cause. The engine
 * reads both flags.
 */
export class TaskFault extends Error {
  readonly isRetryable: boolean;
  readonly isCatchable: boolean;

  constructor(name: string, cause: string, plan: TaskPlan) {
    // AWS keeps at most 32,768 characters of a cause: https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeExecution.html
    super(cause.slice(0, 32_768));
    this.name = name;
    this.isRetryable = name !== never && (name !== onlyByName || plan.retries.includes(name));
    this.isCatchable = name !== never && (name !== onlyByName || plan.catches.includes(name));
  }
}
