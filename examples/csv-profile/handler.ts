import { defineService } from 'errand/worker';
import { type ProfileParameters, profileTable } from './profile-table.ts';

/** Describes each column of a CSV table; parameters and result are those of `service.json`. */
export const handler = defineService(({ parameters }: { parameters: ProfileParameters }) =>
  profileTable(parameters),
);
