/**
 * What only drafts, and jobs with relations or inputs need. It is loaded when the first such job is submitted, and together, because
 * each separately loaded file makes all other files of a bundle larger.
 */
export { insertWithInputs } from '../inputs/insert-with-inputs.ts';
export { validatedInputs } from '../inputs/validated-inputs.ts';
export { checkRelations } from '../relations/attach-job.ts';
export { insertRelated } from '../relations/insert-related.ts';
export { wakeJob } from '../relations/wake-job.ts';
export { draftOf } from './check-draft.ts';
