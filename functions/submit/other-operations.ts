import type { OperationServedBy } from '../../core/contract/routes/routes.ts';
import type { NewJobOperation } from './new-job-call.ts';
import { rerunJobOperation } from './rerun-job.ts';
import { startJobOperation } from './start-job.ts';
import { submitChildOperation } from './submit-child.ts';
import { submitJobsOperation } from './submit-jobs.ts';

/**
 * Every operation that this function serves beside `submitJob`: the compiler misses one that the route table has and
 * this lacks. They are loaded together, since each file that is loaded by itself makes all the others larger.
 */
export const otherOperations: Readonly<
  Record<Exclude<OperationServedBy<'submit'>, 'submitJob'>, NewJobOperation>
> = {
  rerunJob: rerunJobOperation,
  startJob: startJobOperation,
  submitChild: submitChildOperation,
  submitJobs: submitJobsOperation,
};
