import { execFileSync } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const sources = [
  '{aws,core,examples,functions,infra,worker}/**/*.{ts,json,py}',
  'examples/**/Dockerfile',
  'cdk.json',
  'package-lock.json',
  'docs/openapi.json',
];

/**
 * Returns the cloud assembly of the CDK app for the current sources and the given context settings. Runs `cdk
 * synth` if the sources or settings have changed since the last call. Concurrent processes each synthesize
 * their own assembly, and the first to finish is kept.
 * @returns absolute path of the assembly
 */
export function synthesize(settings: Readonly<Record<string, string>> = {}): string {
  const context = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const key = hashSources(context);
  const assembly = join(root, '.build', 'assemblies', key);
  if (existsSync(join(assembly, 'manifest.json'))) return assembly;
  const fresh = `${assembly}.${randomUUID()}`;
  mkdirSync(join(root, '.build', 'assemblies'), { recursive: true });
  execFileSync(process.execPath, [cdkCommand(), 'synth', '--quiet', '--output', fresh, ...context], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, CDK_DISABLE_CLI_TELEMETRY: 'true' },
  });
  keepAssembly(fresh, assembly);
  return assembly;
}

function hashSources(context: readonly string[]): string {
  const hash = createHash('sha256').update(context.join('\0'));
  for (const file of globSync(sources, { cwd: root }).sort()) {
    hash
      .update(`${file}\0`)
      .update(readFileSync(join(root, file)))
      .update('\0');
  }
  return hash.digest('hex').slice(0, 16);
}

function cdkCommand(): string {
  const manifest = join(root, 'node_modules', 'aws-cdk', 'package.json');
  const { bin } = JSON.parse(readFileSync(manifest, 'utf8')) as { bin: Record<string, string> };
  return join(root, 'node_modules', 'aws-cdk', bin['cdk'] ?? 'bin/cdk');
}

/**
 * Moves a new assembly to its final path and deletes all but the five newest. Several are kept because a
 * service that runs from an older one may still load code from it.
 */
function keepAssembly(fresh: string, assembly: string): void {
  try {
    renameSync(fresh, assembly);
  } catch {
    rmSync(fresh, { recursive: true, force: true }); // Another process finished first.
  }
  const record = join(root, '.build', 'assemblies', 'newest');
  const names = existsSync(record) ? readFileSync(record, 'utf8').split('\n').filter(Boolean) : [];
  const newest = [assembly, ...names.filter((name) => name !== assembly)];
  for (const old of newest.slice(5)) rmSync(old, { recursive: true, force: true });
  writeFileSync(record, newest.slice(0, 5).join('\n'));
}
