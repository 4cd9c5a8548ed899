import { dataMutations } from './data-mutations.ts';
import { jobMutations } from './job-mutations.ts';
import { logMutations } from './log-mutations.ts';
import type { Mutation } from './mutation.ts';
import { operationMutations } from './operation-mutations.ts';
import { webhookMutations } from './webhook-mutations.ts';

/** All faults that the simulation must find. */
export const mutations: readonly Mutation[] = [
  ...jobMutations,
  ...dataMutations,
  ...logMutations,
  ...operationMutations,
  ...webhookMutations,
];
