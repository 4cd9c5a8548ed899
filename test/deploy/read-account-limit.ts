/** Makes the reconciler read the account's concurrency, which it does by itself within a minute, and then once an hour. */
import { aws } from './aws.ts';

const response = await aws('lambda', 'Invoke', { FunctionName: 'errand-reconcile' });
if (response.FunctionError !== undefined)
  throw new Error(`errand-reconcile failed: ${response.FunctionError}`);
process.exit(0);
