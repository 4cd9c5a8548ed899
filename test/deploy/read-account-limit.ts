/** Makes the reconciler read the account's concurrency, which it does by itself within a minute, and then once an hour. */
import { aws } from './aws.ts';

const answer = await aws('lambda', 'Invoke', { FunctionName: 'errand-reconcile' });
if (answer.FunctionError !== undefined) throw new Error(`errand-reconcile failed: ${answer.FunctionError}`);
process.exit(0);
