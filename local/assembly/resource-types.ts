import { accountTypes } from './account-types.ts';
import { apiTypes } from './api-types.ts';
import { batchTypes } from './batch-types.ts';
import { computeTypes } from './compute-types.ts';
import { dataTypes } from './data-types.ts';
import type { ResourceType } from './resource-type.ts';

/** Every CloudFormation type that the runtime supports. Any other type prevents the start. */
export const resourceTypes: ReadonlyMap<string, ResourceType> = new Map(
  Object.entries({ ...dataTypes, ...computeTypes, ...apiTypes, ...batchTypes, ...accountTypes }),
);
