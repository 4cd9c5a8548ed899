import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { prefers } from '../../core/contract/http/accept.ts';
import { lineageQuery } from '../../core/contract/schemas/lineage-schemas.ts';
import { fitLineage } from '../../core/lineage/fit-lineage.ts';
import { getDataLineage } from '../../core/lineage/get-data-lineage.ts';
import { getJobLineage } from '../../core/lineage/get-job-lineage.ts';
import type { Lineage } from '../../core/lineage/lineage.ts';
import { representAsProv } from '../../core/lineage/prov/represent-as-prov.ts';
import { representLineage } from '../../core/lineage/represent-lineage.ts';
import type { WalkInput } from '../../core/lineage/walk-lineage.ts';
import { dataKeyOf } from '../_shared/data-key.ts';
import { header, readQuery } from '../_shared/http/api-request.ts';
import { jsonResponse } from '../_shared/http/responses.ts';
import { jobKeyOf } from '../_shared/job-key.ts';
import type { Operation } from './operation.ts';

const jsonLd = 'application/ld+json';

export const getJobLineageOperation: Operation = async ({ deps, event, params, caller, baseUrl }) => {
  const key = jobKeyOf(caller.tenant, params);
  return lineageResponse(event, await getJobLineage(deps, { key, ...readWalk(event) }), baseUrl);
};

export const getDataLineageOperation: Operation = async ({ deps, event, params, caller, baseUrl }) => {
  const key = dataKeyOf(caller.tenant, params);
  return lineageResponse(event, await getDataLineage(deps, { key, ...readWalk(event) }), baseUrl);
};

function readWalk(event: APIGatewayProxyEvent): WalkInput {
  const { direction = 'both', depth = '3' } = readQuery(event, lineageQuery);
  return { directions: direction === 'both' ? ['up', 'down'] : [direction], depth: Number(depth) };
}

function lineageResponse(
  event: APIGatewayProxyEvent,
  lineage: Lineage,
  baseUrl: string,
): APIGatewayProxyResult {
  const headers = { Vary: 'Accept' };
  return prefers(header(event, 'accept'), jsonLd, 'application/json')
    ? jsonResponse(
        200,
        fitLineage(lineage, (fitting) => representAsProv(fitting, baseUrl)),
        { ...headers, 'Content-Type': jsonLd },
      )
    : jsonResponse(200, fitLineage(lineage, representLineage), headers);
}
