import { functionUrlId } from '../assembly/function-url-address.ts';
import { describe, requiredText, textOf } from '../assembly/properties.ts';
import type { CloudModel, Resource } from '../cloud.ts';
import { functionArn } from '../lambda/find-function.ts';

/** An `AWS::Lambda::Url` of the template. */
export interface FunctionUrl {
  readonly urlId: string;
  /** ARN with the qualifier, if any. */
  readonly functionArn: string;
}

/**
 * Reads the function URLs of a model by id. Throws an error that names the resource if it requires signatures
 * or streams responses.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-url.html
 */
export function readFunctionUrls(model: CloudModel): ReadonlyMap<string, FunctionUrl> {
  const urls = model.ofType('AWS::Lambda::Url').map((resource) => readUrl(model, resource));
  return new Map(urls.map((url) => [url.urlId, url]));
}

function readUrl(model: CloudModel, resource: Resource): FunctionUrl {
  const { properties } = resource;
  refuseOthers(resource, 'AuthType', 'NONE');
  refuseOthers(resource, 'InvokeMode', 'BUFFERED');
  const arn = functionArn(model, requiredText(resource, 'TargetFunctionArn'));
  const qualifier = textOf(properties, 'Qualifier');
  return {
    urlId: functionUrlId(resource),
    functionArn: qualifier === undefined ? arn : `${arn}:${qualifier}`,
  };
}

function refuseOthers(resource: Resource, property: string, only: string): void {
  const value = textOf(resource.properties, property) ?? only;
  if (value !== only)
    throw new Error(
      `${describe(resource)} has ${property} ${value}; the local runtime supports only ${only}`,
    );
}
