import type { OperationServedBy } from '../../core/contract/routes/routes.ts';
import type { NewJobOperation } from './new-job-request.ts';
import { rerunJobOperation } from './rerun-job.ts';
import { startJobOperation } from './start-job.ts';
import { submitChildOperation } from './submit-child.ts';
import { submitJobsOperation } from './submit-jobs.ts';

/**
 * All operations of this function except `submitJob`; the compiler reports an operation of the route table
 * that is missing here. They are loaded together, because each separately loaded file makes all other files
 * of the bundle larger.
 */
export const otherOperations: Readonly<
  Record<Exclude<OperationServedBy<'submit'>, 'submitJob'>, NewJobOperation>
> = {
  rerunJob: rerunJobOperation,
  startJob: startJobOperation,
  submitChild: submitChildOperation,
  submitJobs: submitJobsOperation,
};
