import { defineService } from 'errand/worker';
import { submitParts } from './submit-parts.ts';

/** Submits sub-jobs of echo; parameters and result are those of `service.json`. */
export const handler = defineService(submitParts);
