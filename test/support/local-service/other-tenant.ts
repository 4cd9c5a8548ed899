import { scopes } from '../../../core/contract/routes/route.ts';
import type { LocalCloud } from '../../../local/start-local.ts';
import { addKey } from './add-key.ts';

const key = 'key-of-another-tenant';

/** The options of a call that another tenant makes. Its key must have been added with `addOtherTenant`. */
export const asOtherTenant = { withKey: false, headers: { 'x-api-key': key } };

/** Adds a key of another tenant, with all scopes. */
export function addOtherTenant(cloud: LocalCloud): Promise<void> {
  return addKey(cloud, { key, tenant: 'other', principal: 'they', scopes });
}
