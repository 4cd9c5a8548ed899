import { createHash, randomUUID } from 'node:crypto';
import {
  existsSync,
  globSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { type ContextSettings, runApp } from './synthesis/run-app.ts';
import { type Step, silentStep } from './terminal/step.ts';

const root = join(import.meta.dirname, '..');
const assemblies = join(root, '.build', 'assemblies');
const packaged = join(root, 'assembly');
/** The assembly of an installed package, which has no sources; undefined in a checkout. */
export const packagedAssembly = existsSync(packaged) ? packaged : undefined;
const record = join(assemblies, 'newest');
const sources = [
  '{aws,core,examples,functions,infra,site,worker}/**/*.{ts,json,py,css,svg}',
  'examples/**/Dockerfile',
  'cdk.json',
  'package-lock.json',
  'docs/*.json',
  '{*,docs/**/*,examples/**/README,local/README}.md',
];

/**
 * Returns the cloud assembly of the CDK app for the current sources and the given context settings. Runs the
 * app, as a step, if the sources or settings have changed since the last call. Concurrent processes each
 * synthesize their own assembly, and the first to finish is kept.
 * @returns absolute path of the assembly
 */
export async function synthesize(settings: ContextSettings = {}, step: Step = silentStep): Promise<string> {
  if (packagedAssembly !== undefined) return packagedAssembly;
  const assembly = join(assemblies, hashSources(settings));
  if (existsSync(join(assembly, 'manifest.json'))) return assembly;
  const reason = existsSync(record) ? 'because the sources have changed' : 'for the first time';
  const fresh = `${assembly}.${randomUUID()}`;
  mkdirSync(assemblies, { recursive: true });
  try {
    await step(`Synthesizing the stacks, ${reason}`, () => runApp(fresh, settings));
    keepAssembly(fresh, assembly);
  } finally {
    rmSync(fresh, { recursive: true, force: true }); // It failed, or another process finished first.
    removeAbandoned();
  }
  return assembly;
}

function hashSources(settings: ContextSettings): string {
  const hash = createHash('sha256').update(JSON.stringify(settings));
  for (const file of globSync(sources, { cwd: root, exclude: ['examples/{team-app,subscribe}/**'] }).sort()) {
    hash
      .update(`${file}\0`)
      .update(readFileSync(join(root, file)))
      .update('\0');
  }
  return hash.digest('hex').slice(0, 16);
}

/**
 * Moves a new assembly to its final path and deletes all but the five newest. Several are kept because a
 * service that runs from an older one may still load code from it.
 */
function keepAssembly(fresh: string, assembly: string): void {
  try {
    renameSync(fresh, assembly);
  } catch (error) {
    if (!existsSync(join(assembly, 'manifest.json'))) throw error;
  }
  const names = existsSync(record) ? readFileSync(record, 'utf8').split('\n').filter(Boolean) : [];
  const newest = [assembly, ...names.filter((name) => name !== assembly)];
  for (const old of newest.slice(5)) rmSync(old, { recursive: true, force: true });
  writeFileSync(record, newest.slice(0, 5).join('\n'));
}

/** Deletes assemblies that no process finished: it was killed more than an hour ago. */
function removeAbandoned(): void {
  const anHourAgo = Date.now() - 3_600_000;
  for (const directory of globSync('*.*', { cwd: assemblies }).map((name) => join(assemblies, name))) {
    const { mtimeMs } = statSync(directory, { throwIfNoEntry: false }) ?? { mtimeMs: Date.now() };
    if (mtimeMs < anHourAgo) rmSync(directory, { recursive: true, force: true });
  }
}
