import type { CloudModel, Resource, StackOutput } from '../cloud.ts';
import { recordOf } from '../json.ts';
import { type ApiAddress, localApiAddress } from './api-address.ts';
import { localFunctionUrls } from './function-url-address.ts';

/** Resolved resources and outputs, and the account that they belong to. */
export interface ModelParts {
  readonly accountId: string;
  readonly region: string;
  /**
   * Local base URL that replaces the addresses of REST APIs and function URLs, such as
   * `http://127.0.0.1:4510`; without it, these addresses are kept.
   */
  readonly apiBaseUrl?: string;
  readonly resources: readonly Resource[];
  readonly outputs: readonly StackOutput[];
}

/**
 * Creates the model of resources and outputs, in which the addresses of REST APIs and function URLs lead to this
 * machine. Resources of other models can be passed too: their addresses are already local and remain the same.
 */
export function cloudModel(parts: ModelParts): CloudModel {
  const local = (value: unknown) => localAddresses(value, parts);
  const resources = parts.resources.map((resource) => ({
    ...resource,
    properties: recordOf(local(resource.properties), resource.logicalId),
  }));
  const byArn = new Map(
    resources.flatMap((resource) => (resource.arn ? [[resource.arn, resource] as const] : [])),
  );
  const byType = Map.groupBy(resources, ({ type }) => type);
  return {
    accountId: parts.accountId,
    region: parts.region,
    resources,
    outputs: parts.outputs.map((output) => ({ ...output, value: String(local(output.value)) })),
    ofType: (type) => byType.get(type) ?? [],
    byArn(arn) {
      const found = byArn.get(arn);
      if (found === undefined) throw new Error(`no resource of the app has the ARN ${arn}`);
      return found;
    },
  };
}

function localAddresses(value: unknown, parts: ModelParts): unknown {
  const { apiBaseUrl: baseUrl, region } = parts;
  if (baseUrl === undefined) return value;
  const withApis = apiAddresses(parts, baseUrl).reduce(
    (current, address) => localApiAddress(current, address),
    value,
  );
  return localFunctionUrls(withApis, { region, baseUrl });
}

function apiAddresses({ region, resources }: ModelParts, apiBaseUrl: string): readonly ApiAddress[] {
  const ofType = (type: string) => resources.filter((resource) => resource.type === type);
  return ofType('AWS::ApiGateway::RestApi').map(({ ref: apiId }) => {
    const stages = ofType('AWS::ApiGateway::Stage').filter(
      (stage) => stage.properties['RestApiId'] === apiId,
    );
    return { apiId, region, apiBaseUrl, stageNames: stages.map((stage) => stage.ref) };
  });
}
