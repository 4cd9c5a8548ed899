import type { ResourceType } from './resource-type.ts';
import { accountTypes } from './types/account-types.ts';
import { apiTypes } from './types/api-types.ts';
import { batchTypes } from './types/batch-types.ts';
import { computeTypes } from './types/compute-types.ts';
import { dataTypes } from './types/data-types.ts';

/** Every CloudFormation type that the runtime supports. Any other type prevents the start of its app. */
export const resourceTypes: ReadonlyMap<string, ResourceType> = new Map(
  Object.entries({ ...dataTypes, ...computeTypes, ...apiTypes, ...batchTypes, ...accountTypes }),
);

/** What an app can use instead of types that CDK apps often contain. */
const alternatives: Readonly<Record<string, string>> = {
  'AWS::CloudFormation::Stack': 'use a Stack instead of a NestedStack',
  'AWS::Lambda::LayerVersion': 'bundle its content into the code of the functions',
  'AWS::Lambda::Version': 'let callers use the function without a version or alias',
  'AWS::Lambda::Alias': 'let callers use the function without a version or alias',
  'AWS::SNS::Topic': 'use an SQS queue or a Lambda function as the target',
  'AWS::SNS::Subscription': 'use an SQS queue or a Lambda function as the target',
  'AWS::SSM::Parameter': 'pass the value to the functions as an environment variable',
  'Custom::LogRetention': 'set logGroup of the function instead of logRetention',
  'Custom::S3AutoDeleteObjects': 'do not set autoDeleteObjects of the bucket',
};

/** Explains that a type is not supported and, if possible, what to do instead. */
export function unsupportedTypeReason(type: string): string {
  const alternative = Object.hasOwn(alternatives, type) ? `; ${alternatives[type]}` : '';
  return `this type is not supported by the local runtime${alternative}`;
}
