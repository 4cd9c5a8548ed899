import { existsSync, statSync } from 'node:fs';
import type { Resource } from '../cloud.ts';
import { isRecord, type JsonRecord, recordOf } from '../json.ts';
import type { AssembledStack, ImageAsset } from './cloud-assembly.ts';
import { writeInlineCode } from './inline-code.ts';
import { resolveValue } from './intrinsics.ts';
import { resourceTypes, unsupportedTypeReason } from './resource-types.ts';
import type { StackScope } from './stack-scope.ts';
import { unknownProperties } from './unknown-properties.ts';

/** A resource's definition and its surroundings. */
export interface ResourceSource {
  readonly stack: AssembledStack;
  readonly scope: StackScope;
  readonly logicalId: string;
  readonly definition: JsonRecord;
  readonly constructPath?: string;
  readonly inlineCodeDirectory?: string;
}

/**
 * Returns a resource with its properties resolved, and the paths of its unsupported properties. Throws for an
 * unsupported type, and for code or an image that is not in the assembly.
 */
export function loadResource(source: ResourceSource): { resource: Resource; unknown: readonly string[] } {
  const typeName = String(source.definition['Type']);
  const type = resourceTypes.get(typeName);
  if (type === undefined) throw new Error(unsupportedTypeReason(typeName));
  const properties = recordOf(
    resolveValue(source.definition['Properties'], source.scope),
    `Properties of ${source.logicalId}`,
  );
  refuseDynamicReferences(properties);
  type.check?.(properties, String(source.scope.ref('AWS::Region')));
  const { ref, arn } = source.scope.identity(source.logicalId);
  const image = imageOf(properties, source.stack);
  const assetDirectory = image?.directory ?? codeDirectory(properties, source);
  const resource: Resource = {
    stack: source.stack.name,
    logicalId: source.logicalId,
    type: type.treatedAs ?? typeName,
    ref,
    properties,
    ...(arn === undefined ? {} : { arn }),
    ...(source.constructPath === undefined ? {} : { constructPath: source.constructPath }),
    ...(assetDirectory === undefined ? {} : { assetDirectory }),
    ...(image === undefined ? {} : { dockerfile: image.dockerfile }),
  };
  return { resource, unknown: unknownProperties(properties, type) };
}

function codeDirectory(
  properties: JsonRecord,
  { stack, inlineCodeDirectory: inline }: ResourceSource,
): string | undefined {
  const code = properties['Code'];
  if (!isRecord(code)) return undefined;
  if (code['ZipFile'] !== undefined) {
    if (inline === undefined) throw new Error('property Code.ZipFile is not supported');
    const runtime = String(properties['Runtime']);
    return writeInlineCode({ source: String(code['ZipFile']), runtime, directory: inline });
  }
  if (code['S3Key'] === undefined) return undefined;
  const directory = stack.assetDirectories.get(String(code['S3Key']));
  if (directory === undefined) throw new Error(`asset ${String(code['S3Key'])} is not in the assembly`);
  const stat = statSync(directory, { throwIfNoEntry: false });
  if (stat === undefined) throw new Error(`asset directory ${directory} does not exist`);
  if (!stat.isDirectory())
    throw new Error(`asset ${directory} is a file, but the local runtime runs code from a directory only`);
  return directory;
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html */
function refuseDynamicReferences(properties: JsonRecord): void {
  const reference = /\{\{resolve:[^}]*\}\}/.exec(JSON.stringify(properties))?.[0];
  if (reference !== undefined)
    throw new Error(`the dynamic reference ${reference} is not supported by the local runtime`);
}

/**
 * An image of a job definition or a function can run locally only from its sources, so it must be an asset of
 * the app.
 */
function imageOf(properties: JsonRecord, stack: AssembledStack): ImageAsset | undefined {
  const uri =
    memberOf(properties['ContainerProperties'], 'Image') ?? memberOf(properties['Code'], 'ImageUri');
  if (uri === undefined) return undefined;
  const name = String(uri);
  const image = stack.images.get(name.slice(name.lastIndexOf(':') + 1));
  if (image === undefined) throw new Error(`image ${name} is not an asset of the app`);
  if (!existsSync(image.dockerfile)) throw new Error(`${image.dockerfile} does not exist`);
  return image;
}

function memberOf(value: unknown, key: string): unknown {
  return isRecord(value) ? value[key] : undefined;
}
