import { ACCOUNT_TYPES } from './account-types.ts';
import { API_TYPES } from './api-types.ts';
import { BATCH_TYPES } from './batch-types.ts';
import { COMPUTE_TYPES } from './compute-types.ts';
import { DATA_TYPES } from './data-types.ts';
import type { ResourceType } from './resource-type.ts';

/** Every CloudFormation type that the runtime supports. Any other type prevents the start. */
export const RESOURCE_TYPES: ReadonlyMap<string, ResourceType> = new Map(
  Object.entries({ ...DATA_TYPES, ...COMPUTE_TYPES, ...API_TYPES, ...BATCH_TYPES, ...ACCOUNT_TYPES }),
);
