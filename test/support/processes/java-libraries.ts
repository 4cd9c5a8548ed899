import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../../..');
/** It copies what a project depends on; the version is pinned because Maven's default depends on Maven's version. */
const copyDependencies = 'org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies';

/**
 * Copies the libraries that `pom.xml` in the folder names, and what they need, below `.build`, once per content of `pom.xml`
 * and of `libraries.sha256`, and returns the class path. Needs mvn and a JDK. Throws when the libraries are not exactly those of
 * `libraries.sha256`, which has the form of `sha256sum`.
 */
export function javaLibraries(folder: string): string {
  const project = join(folder, 'pom.xml');
  const sums = readFileSync(join(folder, 'libraries.sha256'), 'utf8');
  const digest = createHash('sha256').update(readFileSync(project)).update(sums).digest('hex').slice(0, 16);
  const target = join(root, '.build', 'java', digest);
  const complete = join(target, 'complete');
  if (!existsSync(complete)) {
    rmSync(target, { recursive: true, force: true });
    const options = ['--quiet', '--batch-mode', '--file', project, `-DoutputDirectory=${target}`];
    execFileSync('mvn', [...options, copyDependencies], { stdio: 'inherit' });
    const found = readdirSync(target)
      .sort()
      .map((name) => `${sha256(join(target, name))}  ${name}\n`)
      .join('');
    if (found !== sums) throw new Error(`The libraries differ from ${folder}/libraries.sha256:\n${found}`);
    writeFileSync(complete, '');
  }
  return join(target, '*');
}

function sha256(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}
