import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { isRecord, type JsonRecord, listOf, recordOf, textOf } from '../json.ts';

/** A synthesized stack: its template and the locations of its assets. */
export interface AssembledStack {
  readonly name: string;
  readonly template: JsonRecord;
  /** Account and region that the stack is bound to; undefined if it uses those of the deployment. */
  readonly accountId: string | undefined;
  readonly region: string | undefined;
  /**
   * Absolute path of each asset directory (or file), by the object key under which the asset would be
   * published.
   */
  readonly assetDirectories: ReadonlyMap<string, string>;
  /** Image assets by the tag under which the image would be published. */
  readonly images: ReadonlyMap<string, ImageAsset>;
}

/** The sources that an image would be built from; both paths are absolute. */
export interface ImageAsset {
  readonly directory: string;
  readonly dockerfile: string;
}

/**
 * Reads the manifest, templates and asset manifests of a synthesized app, including nested stages. Throws if
 * the directory contains no manifest, or if the app needs lookups. Format: https://docs.aws.amazon.com/cdk/v2/guide/deploy-assemblies.html
 */
export function readCloudAssembly(directory: string): readonly AssembledStack[] {
  const root = resolve(directory);
  const { artifacts: listed, missing } = readJson(join(root, 'manifest.json'));
  refuseLookups(missing);
  const artifacts = recordOf(listed, 'artifacts');
  const manifests = assetManifests(root, artifacts);
  const assets = publishedAssets(root, manifests);
  const images = publishedImages(root, manifests);
  return Object.entries(artifacts).flatMap(([id, artifact]) => {
    if (!isRecord(artifact)) return [];
    const properties = recordOf(artifact['properties'], id);
    if (artifact['type'] === 'cdk:cloud-assembly') {
      return readCloudAssembly(join(root, String(properties['directoryName'])));
    }
    if (artifact['type'] !== 'aws:cloudformation:stack') return [];
    return [readStack({ root, id, artifact, properties, assets, images })];
  });
}

/** An app that still needs the result of a lookup is synthesized with a placeholder in its place. */
function refuseLookups(missing: unknown): void {
  const keys = listOf(missing).map((lookup) => (isRecord(lookup) ? String(lookup['key']) : String(lookup)));
  if (keys.length > 0)
    throw new Error(
      `The app needs lookups in an AWS account, which the local runtime does not make: ${keys.join(', ')}. ` +
        'Add their results to cdk.context.json, or use constructs without lookups.',
    );
}

interface StackSource {
  readonly root: string;
  readonly id: string;
  readonly artifact: JsonRecord;
  readonly properties: JsonRecord;
  readonly assets: ReadonlyMap<string, string>;
  readonly images: ReadonlyMap<string, ImageAsset>;
}

function readStack(source: StackSource): AssembledStack {
  const environment = /^aws:\/\/([^/]+)\/(.+)$/.exec(String(source.artifact['environment']));
  const known = (value: string | undefined) => (value?.startsWith('unknown-') ? undefined : value);
  return {
    name: textOf(source.properties['stackName']) ?? source.id,
    template: readJson(join(source.root, String(source.properties['templateFile']))),
    accountId: known(environment?.[1]),
    region: known(environment?.[2]),
    assetDirectories: source.assets,
    images: source.images,
  };
}

interface AssetManifest {
  readonly file: string;
  readonly content: JsonRecord;
}

function assetManifests(root: string, artifacts: JsonRecord): readonly AssetManifest[] {
  return Object.entries(artifacts).flatMap(([id, artifact]) => {
    if (!isRecord(artifact) || artifact['type'] !== 'cdk:asset-manifest') return [];
    const file = join(root, String(recordOf(artifact['properties'], id)['file']));
    return [{ file, content: readJson(file) }];
  });
}

function publishedAssets(root: string, manifests: readonly AssetManifest[]): ReadonlyMap<string, string> {
  return publishedAs(manifests, { section: 'files', key: 'objectKey' }, (source) =>
    resolve(root, String(source['path'])),
  );
}

/**
 * Returns the image assets by tag. The image is the last stage of its Dockerfile; any other build target is
 * refused.
 */
function publishedImages(root: string, manifests: readonly AssetManifest[]): ReadonlyMap<string, ImageAsset> {
  return publishedAs(manifests, { section: 'dockerImages', key: 'imageTag' }, (source, file) => {
    const { directory, dockerFile, dockerBuildTarget, executable } = source;
    if (dockerBuildTarget !== undefined || executable !== undefined || directory === undefined)
      throw new Error(
        `${file}: an image that is built by a command or from a build target is not supported by the local runtime`,
      );
    const absolute = resolve(root, String(directory));
    return { directory: absolute, dockerfile: join(absolute, textOf(dockerFile) ?? 'Dockerfile') };
  });
}

interface Published {
  readonly section: 'files' | 'dockerImages';
  /** Member of a destination that identifies the published asset. */
  readonly key: string;
}

function publishedAs<T>(
  manifests: readonly AssetManifest[],
  { section, key }: Published,
  read: (source: JsonRecord, file: string) => T,
): ReadonlyMap<string, T> {
  const found = new Map<string, T>();
  for (const { file, content } of manifests) {
    for (const asset of Object.values(recordOf(content[section], file))) {
      const { source, destinations } = recordOf(asset, file);
      const one = read(recordOf(source, file), file);
      for (const destination of Object.values(recordOf(destinations, file)))
        found.set(String(recordOf(destination, file)[key]), one);
    }
  }
  return found;
}

function readJson(file: string): JsonRecord {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new Error(
      `${file} cannot be read; run cdk synth and name the directory of the synthesized cloud assembly`,
      {
        cause,
      },
    );
  }
  try {
    return recordOf(JSON.parse(text), file);
  } catch (cause) {
    throw new Error(`${file} is not valid JSON; synthesize the app again`, { cause });
  }
}
