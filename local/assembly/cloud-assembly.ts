import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { isRecord, type JsonRecord, recordOf, textOf } from './json.ts';

/** One synthesized stack: its template and where its assets lie. */
export interface AssembledStack {
  readonly name: string;
  readonly template: JsonRecord;
  /** Account and region that the stack is bound to; undefined when it takes those of the deployment. */
  readonly accountId: string | undefined;
  readonly region: string | undefined;
  /** Absolute directory (or file) by the object key under which the asset would be published. */
  readonly assetDirectories: ReadonlyMap<string, string>;
}

/**
 * Reads manifest, templates and asset manifests of a synthesized app, nested stages included.
 * Throws when the directory holds no manifest. Format:
 * https://docs.aws.amazon.com/cdk/v2/guide/deploy-assemblies.html
 */
export function readCloudAssembly(directory: string): readonly AssembledStack[] {
  const root = resolve(directory);
  const artifacts = recordOf(readJson(join(root, 'manifest.json'))['artifacts'], 'artifacts');
  const assets = publishedAssets(root, artifacts);
  return Object.entries(artifacts).flatMap(([id, artifact]) => {
    if (!isRecord(artifact)) return [];
    const properties = recordOf(artifact['properties'], id);
    if (artifact['type'] === 'cdk:cloud-assembly') {
      return readCloudAssembly(join(root, String(properties['directoryName'])));
    }
    if (artifact['type'] !== 'aws:cloudformation:stack') return [];
    return [readStack({ root, id, artifact, properties, assets })];
  });
}

interface StackSource {
  readonly root: string;
  readonly id: string;
  readonly artifact: JsonRecord;
  readonly properties: JsonRecord;
  readonly assets: ReadonlyMap<string, string>;
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
  };
}

function publishedAssets(root: string, artifacts: JsonRecord): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const [id, artifact] of Object.entries(artifacts)) {
    if (!isRecord(artifact) || artifact['type'] !== 'cdk:asset-manifest') continue;
    const file = join(root, String(recordOf(artifact['properties'], id)['file']));
    for (const asset of Object.values(recordOf(readJson(file)['files'], file))) {
      const { source, destinations } = recordOf(asset, file);
      const path = resolve(root, String(recordOf(source, file)['path']));
      for (const destination of Object.values(recordOf(destinations, file))) {
        found.set(String(recordOf(destination, file)['objectKey']), path);
      }
    }
  }
  return found;
}

function readJson(file: string): JsonRecord {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new Error(`${file} cannot be read: is this a synthesized cloud assembly (run cdk synth)?`, {
      cause,
    });
  }
  return recordOf(JSON.parse(text), file);
}
