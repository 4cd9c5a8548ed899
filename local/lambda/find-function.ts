import { AwsError } from '../aws-error.ts';
import type { CloudModel } from '../cloud.ts';
import type { FunctionConfig } from './function-config.ts';

/** A function and the ARN that it was called by, including the qualifier, if any. */
export interface FoundFunction {
  readonly config: FunctionConfig;
  readonly invokedArn: string;
}

/**
 * Finds a function by name or by partial or complete ARN, with or without a qualifier. A qualifier other than
 * `$LATEST` must be a version or an alias of the template; all of them run the same code locally. Throws
 * `ResourceNotFoundException`.
 */
export function findFunction(
  model: CloudModel,
  functions: ReadonlyMap<string, FunctionConfig>,
  nameOrArn: string,
): FoundFunction {
  const arn = functionArn(model, nameOrArn);
  const [, , , , , , name = '', qualifier] = arn.split(':');
  const config = functions.get(name);
  if (config === undefined || !hasQualifier(model, arn, qualifier)) {
    throw new AwsError('ResourceNotFoundException', `Function not found: ${arn}`, 404);
  }
  return { config, invokedArn: arn };
}

/** Returns the complete ARN for the name that a caller used, whether or not the function exists. */
export function functionArn(model: CloudModel, nameOrArn: string): string {
  if (nameOrArn.startsWith('arn:')) return nameOrArn;
  const name = nameOrArn.replace(/^\d+:function:/, '');
  return `arn:aws:lambda:${model.region}:${model.accountId}:function:${name}`;
}

function hasQualifier(model: CloudModel, arn: string, qualifier: string | undefined): boolean {
  if (qualifier === undefined || qualifier === '$LATEST') return true;
  const qualified = [...model.ofType('AWS::Lambda::Version'), ...model.ofType('AWS::Lambda::Alias')];
  return qualified.some((resource) => resource.ref === arn || resource.arn === arn);
}
