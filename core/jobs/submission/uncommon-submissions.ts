/**
 * What only drafts, jobs with relations, inputs or indexed metadata, and jobs of deterministic services need. It is loaded when the first such job is submitted, and together, because
 * each separately loaded file makes all other files of a bundle larger.
 */
export { insertWithInputs } from '../inputs/insert-with-inputs.ts';
export { validatedInputs } from '../inputs/validated-inputs.ts';
export { checkRelations } from '../relations/attach-job.ts';
export { insertRelated } from '../relations/insert-related.ts';
export { wakeJob } from '../relations/wake-job.ts';
export { contentMember } from '../reuse/content-digest.ts';
export { draftOf } from './check-draft.ts';
export { checkIndexedMetadata } from './check-indexed-metadata.ts';
export { checkReuse } from './reuse/check-reuse.ts';
export { insertReusing } from './reuse/insert-reusing.ts';
