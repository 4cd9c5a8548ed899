import { groupListQuery } from '../../../core/contract/schemas/job-list-schemas.ts';
import { groupName } from '../../../core/contract/tags.ts';
import { getGroup, noSuchGroup } from '../../../core/groups/get-group.ts';
import { listGroups } from '../../../core/groups/list-groups.ts';
import { representGroup } from '../../../core/groups/represent-group.ts';
import { omitUndefined } from '../../../core/std/omit-undefined.ts';
import { readQuery, rejectQuery } from '../../_shared/http/api-request.ts';
import { nextLink, readLimit } from '../../_shared/http/paging.ts';
import { jsonResponse } from '../../_shared/http/responses.ts';
import type { Operation } from '../operation.ts';

export const listGroupsOperation: Operation = async ({ deps, event, caller, baseUrl }) => {
  const { namePrefix, cursor, limit } = readQuery(event, groupListQuery);
  const page = await listGroups(deps, { tenant: caller.tenant, namePrefix, cursor, limit: readLimit(limit) });
  const now = deps.clock.now();
  const body = {
    items: page.groups.map((group) => representGroup(group, { baseUrl, now })),
    ...omitUndefined({ nextCursor: page.nextCursor }),
  };
  return jsonResponse(200, body, { Link: nextLink(event, baseUrl, page.nextCursor) });
};

export const getGroupOperation: Operation = async ({ deps, event, params, caller, baseUrl }) => {
  rejectQuery(event);
  const { name = '' } = params;
  if (!groupName.safeParse(name).success) throw noSuchGroup(name);
  const group = await getGroup(deps, { tenant: caller.tenant, group: name });
  return jsonResponse(200, representGroup(group, { baseUrl, now: deps.clock.now() }));
};
